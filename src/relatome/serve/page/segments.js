// Spans that nest, touch and cross, laid out as a tree that HTML can hold.

/**
 * Nest spans; one that crosses the end of another is cut there.
 *
 * @param {Array<{start: number, end: number}>} spans in code points; earlier ones stand outside
 *   later ones where both cover the same text.
 * @param {number} start where the text begins.
 * @param {number} end where it ends; what lies outside is cut off.
 * @returns {Array} pieces in text order: `{start, end, span, children}`; pieces with `span` null
 *   are plain text and have no children.
 */
export function nest(spans, start, end) {
  const inside = spans
    .map((span, order) => ({
      start: Math.max(span.start, start), end: Math.min(span.end, end), span, order,
    }))
    .filter((piece) => piece.start < piece.end)
    .sort(outerFirst);
  return filled(inside, start, end);
}

const outerFirst = (a, b) => a.start - b.start || b.end - a.end || a.order - b.order;

function filled(pieces, start, end) {
  const result = [];
  let at = start;
  let next = 0;
  while (next < pieces.length) {
    const first = pieces[next];
    if (at < first.start) result.push(plain(at, first.start));
    const within = [];
    const beyond = [];
    for (next += 1; next < pieces.length && pieces[next].start < first.end; next += 1) {
      const piece = pieces[next];
      within.push({ ...piece, end: Math.min(piece.end, first.end) });
      if (piece.end > first.end) beyond.push({ ...piece, start: first.end });
    }
    if (beyond.length) {
      while (next < pieces.length && pieces[next].start === first.end) beyond.push(pieces[next++]);
      pieces.splice(next, 0, ...beyond.sort(outerFirst));
    }
    result.push({
      start: first.start, end: first.end, span: first.span,
      children: filled(within, first.start, first.end),
    });
    at = first.end;
  }
  if (at < end) result.push(plain(at, end));
  return result;
}

const plain = (start, end) => ({ start, end, span: null, children: [] });
