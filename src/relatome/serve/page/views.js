// The two views of the page: reading texts, and the graph where the service has one.

import { byId } from "./dom.js";
import { state } from "./store.js";

const ALL = ["read", "graph"];

/** Connect the buttons that lead from one to the other. */
export function start() {
  byId("view-read").addEventListener("click", () => show("read"));
  byId("view-graph").addEventListener("click", () => {
    show("graph");
    byId("graph-name").focus();
  });
}

/** Show the way to the graph: there is one. */
export function offer() {
  byId("views").hidden = false;
}

/** Show "read" or "graph". */
export function show(name) {
  for (const each of ALL) {
    byId(each).hidden = each !== name;
    if (each === name) byId(`view-${each}`).setAttribute("aria-current", "page");
    else byId(`view-${each}`).removeAttribute("aria-current");
  }
  byId("open-export").hidden = name !== "read" || !state.documents.length;
}
