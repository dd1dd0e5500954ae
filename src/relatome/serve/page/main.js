// The page: its parts are connected here, once.

import { models } from "./api.js";
import * as composer from "./composer.js";
import * as documents from "./documents.js";
import { byId } from "./dom.js";
import * as exporting from "./export.js";
import * as filters from "./filters.js";
import * as graph from "./graph.js";
import * as key from "./key.js";
import * as keys from "./keys.js";
import * as network from "./network.js";
import { recolour } from "./picture.js";
import * as relations from "./relations.js";
import { on, state } from "./store.js";
import * as text from "./text.js";
import * as views from "./views.js";

for (const part of [
  key, documents, filters, text, relations, network, exporting, keys, composer, graph, views,
]) {
  part.start();
}

byId("back").addEventListener("click", composer.back);

// On a narrow screen one pane is shown at a time.
for (const button of document.querySelectorAll("#panes button")) {
  button.addEventListener("click", () => {
    byId("result").dataset.pane = button.dataset.pane;
    for (const other of document.querySelectorAll("#panes button")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);

const showModel = ({ name, version }) => { byId("model").textContent = `${name} ${version}`; };
on("documents", () => state.model && showModel(state.model));

models().then(
  (answer) => {
    showModel(answer.models[0]);
    if (answer.graph) views.offer();
  },
  () => {}, // the first extraction tells what is wrong
);

document.body.classList.add("ready");
