// The relations of a document as a small network.

import { decisionOn } from "./decisions.js";
import { byId, counted } from "./dom.js";
import { passing } from "./filters.js";
import { draw, fit } from "./picture.js";
import { choose, entitiesOf, keyOf, light, on, shown, state } from "./store.js";
import { words } from "./types.js";

const MOST = 60; // more edges than that make a ball of wool

let picture = null;
let drawing = 0;

/** Connect the pane. */
export function start() {
  on("document", redraw);
  on("filters", redraw);
  on("decisions", showDecisions);
  on("light", lightUp);
  on("current", lightUp);
  byId("network-fit").addEventListener("click", () => picture && fit(picture));
}

async function redraw() {
  const doc = shown();
  if (!doc) return;
  const turn = (drawing += 1);
  const all = passing(doc);
  const relations = all.toSorted((a, b) => (b.score ?? 1) - (a.score ?? 1)).slice(0, MOST);
  byId("network-count").textContent = all.length > MOST ? `the ${MOST} surest of ${all.length}` : "";
  byId("no-network").hidden = relations.length > 0;
  byId("network").hidden = relations.length === 0;
  byId("network-fit").hidden = relations.length === 0;
  picture?.destroy();
  picture = null;
  if (!relations.length) return;
  const entities = entitiesOf(doc);
  const degree = new Map();
  for (const { head, tail } of relations) {
    for (const id of [head, tail]) degree.set(id, (degree.get(id) ?? 0) + 1);
  }
  const nodes = [...degree].map(([id, weight]) => ({ ...entities.get(id), weight }));
  const edges = relations.map((relation) => ({
    ...relation, id: keyOf(relation), label: words(relation.type),
  }));
  byId("network").setAttribute("aria-label",
    `Network of ${counted(nodes.length, "entity")} and ${counted(edges.length, "relation")}; `
    + "the list of relations says the same in words.");
  const drawn = await draw(byId("network"), nodes, edges, {
    node: (id) => {
      const relation = relations.find(({ head, tail }) => head === id || tail === id);
      choose(keyOf(relation));
    },
    edge: choose,
    over: (kind, id) => light(kind === "node"
      ? { entities: [id] }
      : { relation: relations.find((relation) => keyOf(relation) === id) }),
    out: () => light(null),
  });
  if (turn !== drawing) return drawn.destroy(); // another document was chosen meanwhile
  picture = drawn;
  showDecisions();
  lightUp();
}

function showDecisions() {
  picture?.edges().forEach((edge) => {
    edge.toggleClass("rejected", decisionOn(shown(), edge.data("key")) === "rejected");
  });
}

function lightUp() {
  if (!picture) return;
  picture.batch(() => {
    picture.elements().removeClass("lit dim named");
    const relation = state.lit ? state.lit.relation : state.current;
    if (!relation && !state.lit) return;
    const lit = relation ? relationElements(relation) : entityElements(state.lit.entities);
    if (lit.empty()) return;
    lit.addClass("lit");
    if (relation) lit.edges().addClass("named");
    picture.elements().not(lit).addClass("dim");
  });
}

function relationElements(key) {
  const edge = picture.getElementById(`e:${key}`);
  return edge.union(edge.connectedNodes());
}

function entityElements(ids) {
  const nodes = picture.nodes().filter((node) => ids.has(node.data("key")));
  return nodes.union(nodes.connectedEdges()).union(nodes.neighborhood().nodes());
}
