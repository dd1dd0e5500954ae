// The text of a document with its mentions marked, character for character.

import { byId, counted, el } from "./dom.js";
import { passing } from "./filters.js";
import { identifier, linked } from "./links.js";
import { CodePoints } from "./offsets.js";
import { nest } from "./segments.js";
import { choose, currentRelation, entitiesOf, keyOf, light, on, shown, state } from "./store.js";
import { badge, kindOf } from "./types.js";

const LONGEST_TITLE = 400; // a whole text on one line is no title, whatever it is called

let marks = []; // the marks of the document shown, in text order
let entities = new Map();
let hiddenKinds = new Set();

/** Connect the pane. */
export function start() {
  on("document", draw);
  on("light", lightUp);
  on("current", lightUp);
  const body = byId("text-body");
  body.addEventListener("mouseover", (event) => point(event.target));
  body.addEventListener("mouseleave", () => light(null));
  body.addEventListener("focusin", (event) => point(event.target));
  body.addEventListener("focusout", () => light(null));
  body.addEventListener("keydown", walk);
  body.addEventListener("click", (event) => {
    const mark = event.target.closest(".mention");
    if (mark) chooseRelationOf(idsOf(mark));
  });
}

function point(target) {
  const mark = target.closest?.(".mention");
  if (!mark) return light(null);
  light({ entities: idsOf(mark) });
  if (document.activeElement === mark || !document.activeElement?.matches(".mention")) rove(mark);
}

const idsOf = (mark) => JSON.parse(mark.dataset.entities);

function draw() {
  const doc = shown();
  hiddenKinds = new Set();
  if (!doc) return;
  entities = entitiesOf(doc);
  byId("text-head").replaceChildren(name(doc));
  drawKinds(doc);
  byId("text-body").replaceChildren(...passages(doc));
  marks = [...byId("text-body").querySelectorAll(".mention")];
  if (marks.length) rove(marks[0]);
  drawEntities(doc);
  describe(null);
}

function name(doc) {
  const text = /pubmed/.test(doc.url ?? "") ? `PubMed ${doc.id}` : doc.id === "text" ? "Pasted text" : doc.id;
  const said = [
    counted(doc.mentions.length, "mention"), counted(doc.entities.length, "entity"),
  ].join(" · ");
  return el(
    "div", { class: "document-name" },
    linked(text, doc.url, doc.url ? `${text}, opens in a new tab` : null),
    el("span", { class: "quiet" }, said),
  );
}

function passages(doc) {
  const spans = [
    ...evidenceOf(doc),
    ...doc.mentions.flatMap((mention, index) =>
      (mention.fragments?.length ? mention.fragments : [mention])
        .map(({ start, end }) => ({ start, end, mention, index }))),
  ];
  return doc.passages.map((passage, index) => {
    const text = new CodePoints(passage.text);
    const end = passage.offset + text.length;
    const pieces = nest(spans, passage.offset, end);
    const title = /title/i.test(passage.kind) && text.length <= LONGEST_TITLE;
    const tag = title ? (index === 0 ? "h2" : "h3") : "p";
    const write = (piece) => written(piece, (a, b) => text.slice(a - passage.offset, b - passage.offset));
    return el(tag, { class: "passage", dir: "auto" }, ...pieces.map(write));
  });
}

// Sentences that relations lean on, each once; marks stand inside them.
function evidenceOf(doc) {
  const spans = new Map();
  for (const relation of doc.relations) {
    for (const { start, end } of relation.evidence ?? []) {
      const id = `${start}-${end}`;
      if (!spans.has(id)) spans.set(id, { start, end, evidence: id });
    }
  }
  return [...spans.values()];
}

function written(piece, slice) {
  if (piece.span === null) return document.createTextNode(slice(piece.start, piece.end));
  const inside = piece.children.map((child) => written(child, slice));
  if (piece.span.evidence) {
    return el("span", { class: "evidence", "data-evidence": piece.span.evidence }, ...inside);
  }
  const { mention, index } = piece.span;
  const kind = kindOf(mention.type);
  const complete = piece.end === piece.span.end;
  return el(
    "mark",
    {
      class: `mention kind-${kind.name} level-${Math.min(2, height(piece))}${complete ? "" : " goes-on"}`,
      tabindex: "-1", "data-mention": index, "data-letter": kind.letter, "data-word": kind.word,
      "data-entities": JSON.stringify(mention.entity_ids),
    },
    ...inside,
  );
}

// How many marks stand inside one another below a piece: the outer underline goes lower.
function height(piece) {
  const below = piece.children.map((child) => (child.span?.mention ? 1 : 0) + height(child));
  return Math.max(0, ...below);
}

function drawKinds(doc) {
  const kinds = new Map();
  for (const mention of doc.mentions) {
    const kind = kindOf(mention.type);
    const seen = kinds.get(kind.name) ?? { kind, type: mention.type, count: 0 };
    kinds.set(kind.name, { ...seen, count: seen.count + 1 });
  }
  byId("kinds").replaceChildren(...[...kinds.values()].map(({ kind, type, count }) => el(
    "label", { class: `chip kind-${kind.name}` },
    el("input", { type: "checkbox", checked: true, on: { change: (event) => show(kind.name, event.target.checked) } }),
    badge(type), el("span", {}, kind.plural), el("span", { class: "count" }, String(count)),
  )));
}

function show(kind, visible) {
  if (visible) hiddenKinds.delete(kind);
  else hiddenKinds.add(kind);
  for (const mark of marks) {
    const hidden = [...hiddenKinds].some((name) => mark.classList.contains(`kind-${name}`));
    mark.classList.toggle("unmarked", hidden);
  }
}

function drawEntities(doc) {
  byId("entity-list").hidden = doc.entities.length === 0;
  byId("entity-card").hidden = doc.entities.length === 0;
  byId("entity-count").textContent = String(doc.entities.length);
  byId("entities").replaceChildren(...doc.entities.map((entity) => el(
    "li", { on: { mouseenter: () => light({ entities: [entity.id] }), mouseleave: () => light(null) } },
    badge(entity.type), el("bdi", { class: "entity-name" }, entity.name),
    identifier(entity), el("span", { class: "quiet count" }, `× ${entity.mentions.length}`),
  )));
}

// One mark at a time is a tab stop; the arrow keys go from mark to mark.
function rove(mark) {
  for (const other of marks) if (other.tabIndex === 0) other.tabIndex = -1;
  mark.tabIndex = 0;
}

function walk(event) {
  const at = marks.indexOf(document.activeElement);
  if (at < 0) return;
  const rtl = getComputedStyle(marks[at]).direction === "rtl" ? -1 : 1;
  const step = { ArrowRight: rtl, ArrowLeft: -rtl }[event.key];
  if (step && marks[at + step]) {
    event.preventDefault();
    rove(marks[at + step]);
    marks[at + step].focus();
  } else if (event.key === "Enter") {
    chooseRelationOf(idsOf(marks[at]));
  }
}

// Of those listed: a key must not decide on what is not to be seen.
function chooseRelationOf(ids) {
  const relation = passing(shown()).find(({ head, tail }) => ids.includes(head) || ids.includes(tail));
  if (relation) choose(keyOf(relation));
}

function lightUp() {
  const relation = currentRelation();
  const lit = state.lit?.entities ?? new Set(relation ? [relation.head, relation.tail] : []);
  for (const mark of marks) mark.classList.toggle("lit", idsOf(mark).some((id) => lit.has(id)));
  const told = state.lit?.relation
    ? shown()?.relations.find((each) => keyOf(each) === state.lit.relation)
    : state.lit ? null : relation;
  const spans = new Set((told?.evidence ?? []).map(({ start, end }) => `${start}-${end}`));
  for (const span of byId("text-body").querySelectorAll(".evidence")) {
    span.classList.toggle("lit", spans.has(span.dataset.evidence));
  }
  describe(state.lit && !state.lit.relation ? [...lit] : null);
}

// What is known of the entity under the pointer or the focus.
function describe(ids) {
  const card = byId("entity-card");
  const found = (ids ?? []).map((id) => entities.get(id)).filter(Boolean);
  if (!found.length) {
    if (ids === null && card.childElementCount === 0) card.replaceChildren(hint());
    return;
  }
  card.replaceChildren(...found.map((entity) => {
    const relations = shown().relations.filter((each) => [each.head, each.tail].includes(entity.id));
    return el(
      "p", {},
      badge(entity.type), el("bdi", { class: "entity-name" }, entity.name), identifier(entity),
      el("span", { class: "quiet" },
        `${counted(entity.mentions.length, "mention")}, ${counted(relations.length, "relation")}`),
    );
  }));
}

const hint = () => el("p", { class: "quiet" }, "Point at a mention, or walk through them with the arrow keys.");
