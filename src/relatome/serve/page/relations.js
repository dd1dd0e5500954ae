// The relations of a document as a list to judge.

import { areKept, decide, decisionOn, forget, tally, undo } from "./decisions.js";
import { announce, byId, counted, el, percent } from "./dom.js";
import { passing, reset } from "./filters.js";
import { identifier } from "./links.js";
import { CodePoints, textOf } from "./offsets.js";
import { choose, currentRelation, entitiesOf, keyOf, light, on, shown, state, tell } from "./store.js";
import { badge, direction, words } from "./types.js";

let rows = new Map(); // relation key → row
let listed = []; // the relations listed, in order

/** Connect the pane. */
export function start() {
  on("documents", forget);
  on("document", () => { choose(null); draw(); });
  on("filters", draw);
  on("current", showCurrent);
  on("light", lightUp);
  on("decisions", () => { rows.forEach(showDecision); showProgress(); });
}

/** Go to the next relation of the list (1) or the one before (-1). */
export function step(by) {
  if (!listed.length) return;
  const at = listed.findIndex((relation) => keyOf(relation) === state.current);
  const next = at < 0 ? 0 : Math.max(0, Math.min(listed.length - 1, at + by));
  focus(keyOf(listed[next]));
}

/** Accept or reject the current relation and go on to the next one; the same again takes it back. */
export function judge(decision) {
  const relation = currentRelation() ?? listed[0];
  if (!relation) return;
  const key = keyOf(relation);
  const again = decisionOn(shown(), key) === decision;
  decide(shown(), key, again ? null : decision);
  tell("decisions");
  say(relation, again ? "Undecided again" : decision === "accepted" ? "Accepted" : "Rejected");
  const at = listed.indexOf(relation);
  focus(keyOf(again || at === listed.length - 1 ? relation : listed[at + 1]));
}

/** Take the last decision back and return to it. */
export function takeBack() {
  const last = undo();
  if (!last) return announce("Nothing to undo.");
  const index = state.documents.indexOf(last.doc);
  if (index !== state.index) {
    state.index = index;
    tell("document");
  }
  tell("decisions");
  if (!rows.has(last.key)) reset();
  focus(last.key);
  announce("Undone.");
}

function say(relation, what) {
  const names = entitiesOf(shown());
  const left = tally(shown(), keyOf).undecided;
  const pair = `${names.get(relation.head)?.name}, ${names.get(relation.tail)?.name}`;
  announce(`${what}: ${words(relation.type)}, ${pair}. ${left} left to decide.`);
}

function focus(key) {
  choose(key);
  rows.get(key)?.focus({ preventScroll: true });
  rows.get(key)?.scrollIntoView({ block: "nearest" });
}

function draw() {
  const doc = shown();
  if (!doc) return;
  const text = new CodePoints(textOf(doc));
  const names = entitiesOf(doc);
  listed = passing(doc);
  rows = new Map(listed.map((relation) => [keyOf(relation), row(relation, names, text)]));
  byId("relations").replaceChildren(...rows.values());
  rows.forEach(showDecision);
  if (!rows.has(state.current)) choose(null);
  drawEmpty(doc);
  showProgress();
  showCurrent();
}

function drawEmpty(doc) {
  const empty = byId("no-relations");
  empty.hidden = listed.length > 0;
  byId("relations").hidden = listed.length === 0;
  byId("filters").hidden = doc.relations.length === 0;
  if (listed.length) return;
  if (doc.relations.length) {
    empty.replaceChildren(
      el("p", {}, `None of the ${counted(doc.relations.length, "relation")} passes the filters.`),
      el("button", { type: "button", class: "button", on: { click: reset } }, "Show all"),
    );
  } else if (doc.entities.length) {
    empty.replaceChildren(el("p", {},
      `No relation found between the ${counted(doc.entities.length, "entity")} of this text.`));
  } else {
    empty.replaceChildren(el("p", {}, "No entities found in this text, so there is nothing to relate."));
  }
}

function row(relation, names, text) {
  const key = keyOf(relation);
  const head = names.get(relation.head);
  const tail = names.get(relation.tail);
  const way = direction(relation.type);
  const decision = (name, sign, word) => el(
    "button",
    {
      type: "button", class: `decide ${name}`, "aria-pressed": "false", tabindex: "-1",
      "aria-label": `${word}: ${head.name}, ${tail.name}`, title: `${word} (${word[0].toLowerCase()})`,
      on: { click: (event) => { event.stopPropagation(); choose(key); judge(name); } },
    },
    el("span", { "aria-hidden": "true" }, sign),
  );
  return el(
    "li",
    {
      class: `relation way-${way.name}`, tabindex: "-1", "data-key": key,
      on: {
        click: (event) => { if (!event.target.closest("a, button")) focus(key); },
        mouseenter: () => light({ relation }), mouseleave: () => light(null),
        focusin: () => light({ relation }), focusout: () => light(null),
        focus: () => { if (state.current !== key) choose(key); },
      },
    },
    el("div", { class: "relation-top" },
      el("span", { class: "way" },
        el("span", { class: "sign", "aria-hidden": "true" }, way.sign), words(relation.type)),
      novelty(relation), probability(relation.score)),
    el("div", { class: "pair" },
      badge(head.type), el("bdi", { class: "entity-name" }, head.name),
      arrow(relation),
      badge(tail.type), el("bdi", { class: "entity-name" }, tail.name)),
    ...evidence(relation, text),
    el("div", { class: "identifiers" }, identifier(head), identifier(tail)),
    el("div", { class: "decisions", role: "group", "aria-label": "Decision" },
      decision("accepted", "✓", "Accept"), decision("rejected", "✕", "Reject")),
  );
}

// The order of head and tail means something only where the answer says who acts.
function arrow(relation) {
  const [sign, word] = relation.subject === relation.tail && relation.subject
    ? ["←", "acted on by"]
    : relation.subject ? ["→", "acts on"] : ["–", "and"];
  return el("span", { class: "arrow" },
    el("span", { "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, word));
}

function novelty(relation) {
  if (relation.novel === null || relation.novel === undefined) return null;
  const sure = relation.novel_score === null || relation.novel_score === undefined
    ? null : relation.novel ? relation.novel_score : 1 - relation.novel_score;
  return el("span",
    {
      class: `novelty ${relation.novel ? "novel" : "known"}`,
      title: sure === null ? null : `${percent(sure)} sure`,
    },
    relation.novel ? "Novel" : "Known");
}

function probability(score) {
  if (score === null || score === undefined) return el("span", { class: "probability" }, "given");
  const bar = el("span", { class: "meter", "aria-hidden": "true" }, el("span", {}));
  bar.firstChild.style.inlineSize = `${score * 100}%`;
  return el("span", { class: "probability", title: `Probability ${score.toFixed(3)}` },
    bar, el("span", { class: "unseen" }, "probability "), el("span", { class: "number" }, percent(score)));
}

function evidence(relation, text) {
  return (relation.evidence ?? []).map(({ start, end }, index) => el(
    "blockquote", { class: index ? "quote more" : "quote", dir: "auto" }, text.slice(start, end).trim(),
  ));
}

function showDecision(element, key) {
  const decision = decisionOn(shown(), key);
  element.classList.toggle("accepted", decision === "accepted");
  element.classList.toggle("rejected", decision === "rejected");
  for (const name of ["accepted", "rejected"]) {
    element.querySelector(`.decide.${name}`).setAttribute("aria-pressed", String(decision === name));
  }
}

function showProgress() {
  const doc = shown();
  const { accepted, rejected, undecided } = tally(doc, keyOf);
  byId("relation-count").textContent = listed.length === doc.relations.length
    ? String(listed.length) : `${listed.length} of ${doc.relations.length}`;
  byId("progress").textContent = doc.relations.length
    ? `${accepted} accepted · ${rejected} rejected · ${undecided} to decide` : "";
  byId("not-kept").hidden = areKept();
}

function showCurrent() {
  // The first row is where Tab enters the list while none is current.
  const stop = state.current ?? (listed[0] && keyOf(listed[0]));
  rows.forEach((element, key) => {
    const current = key === state.current;
    element.tabIndex = key === stop ? 0 : -1;
    element.querySelectorAll("button").forEach((button) => { button.tabIndex = current ? 0 : -1; });
    if (current) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  });
  if (state.current) rows.get(state.current)?.scrollIntoView({ block: "nearest" });
}

function lightUp() {
  const { entities, relation } = state.lit ?? {};
  rows.forEach((element, key) => {
    const [head, , tail] = JSON.parse(key);
    const lit = relation ? key === relation : Boolean(entities?.has(head) || entities?.has(tail));
    element.classList.toggle("lit", lit);
  });
}
