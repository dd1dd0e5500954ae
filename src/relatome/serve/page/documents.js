// Several documents: a list to choose from.

import { tally } from "./decisions.js";
import { byId, counted, el } from "./dom.js";
import { keyOf, on, state, tell } from "./store.js";

/** Connect the list. */
export function start() {
  on("documents", draw);
  on("document", showChosen);
  on("decisions", () => showProgress(state.index));
}

/** Go to the next document (1) or the one before (-1). */
export function step(by) {
  open(Math.max(0, Math.min(state.documents.length - 1, state.index + by)));
}

function open(index) {
  if (index === state.index) return;
  state.index = index;
  tell("document");
}

function draw() {
  byId("documents").hidden = state.documents.length < 2;
  byId("result").classList.toggle("several", state.documents.length > 1);
  byId("document-list").replaceChildren(...state.documents.map((doc, index) => el(
    "li", {},
    el("button", { type: "button", class: "document", on: { click: () => open(index) } },
      el("bdi", { class: "document-title" }, titleOf(doc)),
      el("span", { class: "quiet" }, doc.id),
      el("span", { class: "quiet progress" })),
  )));
  state.documents.forEach((_, index) => showProgress(index));
}

function titleOf(doc) {
  const passage = doc.passages.find(({ text }) => text.trim());
  return passage ? passage.text.trim().slice(0, 160) : "No text";
}

function showProgress(index) {
  const doc = state.documents[index];
  const row = byId("document-list").children[index];
  if (!row) return;
  const { undecided } = tally(doc, keyOf);
  const decided = doc.relations.length - undecided;
  row.querySelector(".progress").textContent = decided
    ? `${decided} of ${doc.relations.length} decided` : counted(doc.relations.length, "relation");
  row.classList.toggle("done", doc.relations.length > 0 && undecided === 0);
}

function showChosen() {
  [...byId("document-list").children].forEach((row, index) => {
    const button = row.querySelector("button");
    if (index === state.index) {
      button.setAttribute("aria-current", "true");
      button.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else {
      button.removeAttribute("aria-current");
    }
  });
}
