// The graph over many documents: search an entity, see its neighbours, read the evidence.

import { evidence, neighbours, searchGraph } from "./api.js";
import { announce, byId, counted, el, percent } from "./dom.js";
import { identifier, linked } from "./links.js";
import { draw } from "./picture.js";
import { badge, direction, words } from "./types.js";

let asked = 0; // only the answer to the newest question is shown

/** Connect the search. */
export function start() {
  byId("graph-form").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
}

async function search() {
  const name = byId("graph-name").value.trim();
  if (!name) return;
  const found = await answered(() => searchGraph(name));
  if (!found) return;
  byId("graph-edges").replaceChildren();
  byId("graph-evidence-pane").hidden = true;
  byId("graph-picture").hidden = true; // of what was searched before
  byId("graph-empty").hidden = false;
  const nodes = found.nodes;
  byId("graph-found").replaceChildren(...nodes.map((node) => el(
    "li", {},
    el("button", { type: "button", class: "found", "data-id": node.id, on: { click: () => open(node.id) } },
      badge(node.type), el("bdi", { class: "entity-name" }, node.name),
      el("span", { class: "quiet" }, counted(node.documents, "document"))),
    identifier(node),
  )));
  if (!nodes.length) {
    byId("graph-found").replaceChildren(el("li", { class: "empty" }, `No entity is called “${name}”.`));
  }
  announce(`${counted(nodes.length, "entity")} found.`);
  if (nodes.length === 1) await open(nodes[0].id);
}

async function open(id) {
  const around = await answered(() => neighbours(id));
  if (!around) return;
  const { centre, nodes, edges, left_out: leftOut } = around;
  byId("graph-evidence-pane").hidden = true;
  byId("graph-empty").hidden = true;
  byId("graph-picture").hidden = false;
  mark(".found", (button) => button.dataset.id === centre.id);
  byId("graph-picture").setAttribute("aria-label",
    `${centre.name} and ${counted(nodes.length - 1, "neighbour")}; the list says the same in words.`);
  byId("graph-edges").replaceChildren(
    ...edges.map(row),
    ...(leftOut ? [el("li", { class: "quiet" }, `${counted(leftOut, "neighbour")} more, less sure, not shown.`)] : []),
  );
  announce(`${centre.name}: ${counted(edges.length, "relation")}.`);
  const byNumber = new Map(edges.map((edge) => [edge.number, edge]));
  const picture = await draw(
    byId("graph-picture"),
    nodes.map((node) => ({ ...node, weight: Math.log2(1 + node.documents) })),
    edges.map((edge) => ({
      id: edge.number, head: edge.head.id, tail: edge.tail.id, type: edge.type,
      label: words(edge.type), score: edge.probability, subject: edge.directed ? edge.head.id : null,
    })),
    { node: open, edge: (number) => read(byNumber.get(number)) },
  );
  picture.getElementById(`n:${centre.id}`).addClass("lit");
}

// Say which of several is the one shown; an empty `aria-current` would say that it is not.
function mark(all, chosen) {
  for (const button of document.querySelectorAll(all)) {
    if (chosen(button)) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function row(edge) {
  const way = direction(edge.type);
  return el("li", {}, el(
    "button", { type: "button", class: `edge way-${way.name}`, "data-edge": edge.number, on: { click: () => read(edge) } },
    badge(edge.head.type), el("bdi", { class: "entity-name" }, edge.head.name),
    el("span", { class: "arrow" }, edge.directed ? "→" : "–"),
    badge(edge.tail.type), el("bdi", { class: "entity-name" }, edge.tail.name),
    el("span", { class: "way" }, el("span", { class: "sign", "aria-hidden": "true" }, way.sign), words(edge.type)),
    el("span", { class: "quiet" }, `${percent(edge.probability)} · ${counted(edge.documents, "document")}`),
  ));
}

async function read(edge) {
  const found = await answered(() => evidence(edge.head.id, edge.tail.id, edge.type));
  if (!found) return;
  mark(".edge", (button) => button.dataset.edge === String(edge.number));
  byId("graph-evidence-heading").textContent =
    `${edge.head.name} ${edge.directed ? "→" : "–"} ${edge.tail.name}: ${words(edge.type).toLowerCase()}`;
  byId("graph-evidence").replaceChildren(...found.evidence.map((item) => el(
    "li", {},
    ...item.sentences.map(({ text }) => el("blockquote", { class: "quote", dir: "auto" }, text)),
    el("p", { class: "quiet" },
      linked(item.document, item.url), [
        item.year, percent(item.score), { true: "novel", false: "known" }[item.novel],
      ].filter(Boolean).map((each) => ` · ${each}`).join("")),
  )));
  byId("graph-evidence-pane").hidden = false;
  byId("graph-evidence-heading").focus();
}

// What the service answers, or undefined, the reason shown, or something newer asked meanwhile.
async function answered(ask) {
  const own = (asked += 1);
  const box = byId("graph-error");
  box.hidden = true;
  document.body.classList.add("busy");
  try {
    const answer = await ask();
    return own === asked ? answer : undefined;
  } catch (error) {
    if (own !== asked) return undefined;
    box.replaceChildren(el("p", { class: "what" }, error.what ?? error.message), el("p", {}, error.nextStep ?? ""));
    box.hidden = false;
    return undefined;
  } finally {
    if (own === asked) document.body.classList.remove("busy");
  }
}
