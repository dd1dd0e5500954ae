// Which relations are shown, and in what order; and the controls that say so.

import { decisionOn } from "./decisions.js";
import { byId, el } from "./dom.js";
import { keyOf, on, shown, state, tell } from "./store.js";
import { direction, words } from "./types.js";

/** The relations of a document that pass the filters, in the order asked for. */
export function passing(doc, filters = state.filters) {
  const relations = doc.relations.filter((relation) => passes(doc, relation, filters));
  if (filters.order === "text") {
    const first = (relation) => relation.evidence?.[0]?.start ?? Infinity;
    return relations.sort((a, b) => first(a) - first(b) || score(b) - score(a));
  }
  return relations.sort((a, b) => score(b) - score(a));
}

function passes(doc, relation, filters) {
  if (score(relation) < filters.least) return false;
  if (filters.hidden.has(relation.type)) return false;
  if (filters.novelty === "novel" && relation.novel !== true) return false;
  if (filters.novelty === "known" && relation.novel !== false) return false;
  const decision = decisionOn(doc, keyOf(relation)) ?? "undecided";
  return filters.decision === "any" || filters.decision === decision;
}

// What people annotated carries no score, and is certain.
const score = (relation) => relation.score ?? 1;

/** Show everything again. */
export function reset() {
  Object.assign(state.filters, { least: 0, novelty: "any", decision: "any", hidden: new Set() });
  fill();
  tell("filters");
}

/** Connect the controls. */
export function start() {
  const least = byId("least");
  least.addEventListener("input", () => change({ least: Number(least.value) / 100 }));
  for (const name of ["novelty", "decision", "order"]) {
    byId(name).addEventListener("change", (event) => change({ [name]: event.target.value }));
  }
  on("documents", fill);
  on("document", drawTypes);
  fill();
}

function change(values) {
  Object.assign(state.filters, values);
  fill();
  tell("filters");
}

function fill() {
  const { least, novelty, decision, order } = state.filters;
  byId("least").value = String(Math.round(least * 100));
  byId("least-value").textContent = `${Math.round(least * 100)} %`;
  Object.entries({ novelty, decision, order }).forEach(([id, value]) => { byId(id).value = value; });
  drawTypes();
}

function drawTypes() {
  const counts = new Map();
  for (const relation of shown()?.relations ?? []) {
    counts.set(relation.type, (counts.get(relation.type) ?? 0) + 1);
  }
  const chips = [...counts].sort((a, b) => b[1] - a[1]).map(([type, count]) => {
    const way = direction(type);
    return el(
      "label",
      { class: `chip way-${way.name}` },
      el("input", {
        type: "checkbox", checked: !state.filters.hidden.has(type),
        on: { change: (event) => toggle(type, event.target.checked) },
      }),
      el("span", { class: "sign", "aria-hidden": "true" }, way.sign),
      el("span", {}, words(type)),
      el("span", { class: "count" }, String(count)),
    );
  });
  const focused = [...byId("relation-types").querySelectorAll("input")].indexOf(document.activeElement);
  byId("relation-types").replaceChildren(...chips);
  if (focused >= 0) chips[focused]?.querySelector("input").focus();
}

function toggle(type, visible) {
  const hidden = new Set(state.filters.hidden);
  if (visible) hidden.delete(type);
  else hidden.add(type);
  change({ hidden });
}
