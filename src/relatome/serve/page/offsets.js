// The service counts Unicode code points, JavaScript counts UTF-16 code units: an emoji is one of
// the former and two of the latter.

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** A text addressed by code points. */
export class CodePoints {
  #text;
  #units; // the unit each code point begins at; null where both counts are the same

  constructor(text) {
    this.#text = text;
    this.#units = PAIR.test(text) ? starts(text) : null;
  }

  /** How many code points there are. */
  get length() {
    return this.#units === null ? this.#text.length : this.#units.length - 1;
  }

  /** The code unit at which a code point begins; offsets outside the text are brought to its ends. */
  unit(point) {
    const inside = Math.max(0, Math.min(point, this.length));
    return this.#units === null ? inside : this.#units[inside];
  }

  /** The text from one code point up to another. */
  slice(start, end) {
    return this.#text.slice(this.unit(start), this.unit(end));
  }
}

function starts(text) {
  const units = [];
  let unit = 0;
  for (const point of text) {
    units.push(unit);
    unit += point.length;
  }
  units.push(unit);
  return units;
}

/** The whole text of a document: passages stand at their offsets, gaps between them are spaces. */
export function textOf(doc) {
  let text = "";
  let end = 0;
  for (const passage of doc.passages) {
    text += " ".repeat(Math.max(0, passage.offset - end)) + passage.text;
    end = passage.offset + new CodePoints(passage.text).length;
  }
  return text;
}
