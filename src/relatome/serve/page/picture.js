// Nodes and edges drawn by Cytoscape, in the colours of the page.

import { direction, kindOf } from "./types.js";

let library = null;
const cytoscape = async () => {
  library ??= import("./cytoscape.js").then((module) => module.default);
  return library;
};

// A pane that changes its size, or comes into view, shows all of its picture.
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target.clientWidth) fit(target.cytoscape);
});

/**
 * Draw a network into an element, in place of what it showed.
 *
 * @param {HTMLElement} container
 * @param {Array} nodes `{id, name, type, weight}`; weight counts what stands behind a node.
 * @param {Array} edges `{id, head, tail, type, label, score, subject, rejected}`; score from 0 to 1.
 * @param {object} on `node(id)` and `edge(id)` for clicks; `over(kind, id)` and `out()` for the pointer.
 * @returns {Promise<object>} the Cytoscape instance.
 */
export async function draw(container, nodes, edges, on = {}) {
  const create = await cytoscape();
  container.cytoscape?.destroy();
  const picture = create({
    container,
    elements: [...nodes.map(asNode), ...edges.map(asEdge)],
    style: style(container),
    minZoom: 0.2, maxZoom: 2.5, boxSelectionEnabled: false,
    layout: { name: "circle" },
  });
  arrange(picture);
  container.cytoscape = picture;
  resized.observe(container);
  picture.on("tap", "node", (event) => on.node?.(event.target.data("key")));
  picture.on("tap", "edge", (event) => on.edge?.(event.target.data("key")));
  picture.on("mouseover", "node", (event) => on.over?.("node", event.target.data("key")));
  picture.on("mouseover", "edge", (event) => on.over?.("edge", event.target.data("key")));
  picture.on("mouseout", "node, edge", () => on.out?.());
  fit(picture);
  return picture;
}

/** Show all of a picture, in the shape of its pane and no larger than life. */
export function fit(picture) {
  picture.resize();
  const wide = Math.max(picture.width() - 150, 100);
  const high = Math.max(picture.height() - 90, 80);
  const crowded = Math.max(1, Math.sqrt((picture.nodes().length * 9000) / (wide * high)));
  stretch(picture.nodes(), wide * crowded, high * crowded);
  part(picture.nodes());
  picture.fit(undefined, 22);
  if (picture.zoom() > 1.1) {
    picture.zoom(1.1);
    picture.center();
  }
}

/** Draw every picture of the page again in its colours; the scheme has changed. */
export function recolour() {
  for (const container of document.querySelectorAll(".picture")) {
    container.cytoscape?.style(style(container));
  }
}

// Ids of documents are data: they get names of our own, so that none can clash with an edge's.
const asNode = (node) => ({
  group: "nodes",
  data: { id: `n:${node.id}`, key: node.id, label: clipped(node.name), size: 22 + 5 * Math.sqrt(node.weight ?? 1) },
  classes: `kind-${kindOf(node.type).name}`,
});

const asEdge = (edge) => ({
  group: "edges",
  data: {
    id: `e:${edge.id}`, key: edge.id, source: `n:${edge.head}`, target: `n:${edge.tail}`,
    label: edge.label, sign: direction(edge.type).sign, width: 1.5 + 3.5 * (edge.score ?? 1),
  },
  classes: [
    `way-${direction(edge.type).name}`, edge.rejected ? "rejected" : "",
    edge.subject === edge.head ? "forth" : edge.subject === edge.tail ? "back" : "",
  ].join(" "),
});

const clipped = (name) => (name.length > 32 ? `${name.slice(0, 31)}…` : name);

// Forces find the neighbourhoods, from a circle, so that the same network looks the same again.
function arrange(picture) {
  const count = picture.nodes().length;
  if (count <= 2) return;
  picture.layout({
    name: "cose", animate: false, randomize: false, nodeDimensionsIncludeLabels: true,
    idealEdgeLength: () => 90, nodeRepulsion: () => 40000, nodeOverlap: 30, gravity: 0.3,
    componentSpacing: 50, numIter: count > 200 ? 200 : 1000,
  }).run();
}

function stretch(nodes, wide, high) {
  const range = (axis) => {
    const all = nodes.map((node) => node.position(axis));
    return { from: Math.min(...all), size: Math.max(...all) - Math.min(...all) };
  };
  const x = range("x");
  const y = range("y");
  nodes.positions((node) => ({
    x: x.size ? ((node.position("x") - x.from) / x.size) * wide : 0,
    y: y.size > 1 ? ((node.position("y") - y.from) / y.size) * high : 0,
  }));
}

const ROOM = { x: 104, y: 62 }; // of a node with its label

// Nodes whose labels would overlap are pushed apart, the shorter way.
function part(nodes) {
  const at = nodes.map((node) => ({ ...node.position() }));
  for (let round = 0; round < 40; round += 1) {
    let pushed = false;
    for (let i = 1; i < at.length; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const over = { x: ROOM.x - Math.abs(at[i].x - at[j].x), y: ROOM.y - Math.abs(at[i].y - at[j].y) };
        if (over.x <= 0 || over.y <= 0) continue;
        const axis = over.x / ROOM.x < over.y / ROOM.y ? "x" : "y";
        const push = (at[i][axis] < at[j][axis] ? -1 : 1) * (over[axis] / 2 + 0.5);
        at[i][axis] += push;
        at[j][axis] -= push;
        pushed = true;
      }
    }
    if (!pushed) break;
  }
  nodes.positions((_, index) => at[index]);
}

function style(container) {
  const computed = getComputedStyle(container);
  const colour = (name) => computed.getPropertyValue(`--${name}`).trim();
  const kinds = ["gene", "disease", "chemical", "variant", "species", "cell", "other"];
  return [
    {
      selector: "node",
      style: {
        label: "data(label)", width: "data(size)", height: "data(size)",
        "font-family": computed.fontFamily, "font-size": 13, color: colour("ink"),
        "text-valign": "bottom", "text-margin-y": 5, "text-wrap": "wrap", "text-max-width": 130,
        "text-outline-color": colour("surface"), "text-outline-width": 3,
        "background-color": colour("other-tint"), "border-color": colour("other"), "border-width": 2.5,
      },
    },
    ...kinds.map((kind) => ({
      selector: `.kind-${kind}`,
      style: {
        shape: kind === "other" ? "rectangle" : kindOf(kind).shape,
        "background-color": colour(`${kind}-tint`), "border-color": colour(kind),
      },
    })),
    {
      selector: "edge",
      style: {
        width: "data(width)", "line-color": colour("flat"), "curve-style": "bezier", opacity: 0.75,
        label: "data(sign)", "font-family": computed.fontFamily, "font-size": 19,
        "font-weight": "bold", color: colour("flat"),
        "text-background-color": colour("surface"), "text-background-opacity": 1,
        "text-background-padding": 2, "text-background-shape": "round-rectangle",
        "target-arrow-color": colour("flat"), "source-arrow-color": colour("flat"),
        "overlay-padding": 6,
      },
    },
    ...["up", "down"].map((way) => ({
      selector: `.way-${way}`,
      style: {
        "line-color": colour(way), color: colour(way),
        "target-arrow-color": colour(way), "source-arrow-color": colour(way),
      },
    })),
    { selector: ".way-down", style: { "line-style": "dashed", "line-dash-pattern": [8, 4] } },
    { selector: ".forth", style: { "target-arrow-shape": "triangle" } },
    { selector: ".back", style: { "source-arrow-shape": "triangle" } },
    { selector: ".rejected", style: { opacity: 0.2 } },
    { selector: ".dim", style: { opacity: 0.28 } },
    { selector: "node.lit", style: { opacity: 1, "border-width": 4.5, "font-weight": "bold" } },
    { selector: "edge.lit", style: { opacity: 1, "z-index": 9 } },
    { selector: "edge.named", style: { label: "data(label)", "font-size": 12.5 } },
    { selector: "node:active, edge:active", style: { "overlay-opacity": 0.08 } },
  ];
}
