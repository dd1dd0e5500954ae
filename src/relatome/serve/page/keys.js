// The keyboard: one key for each thing a curator does all day.

import * as documents from "./documents.js";
import { byId } from "./dom.js";
import * as relations from "./relations.js";
import { choose, light, state } from "./store.js";

const KEYS = {
  j: () => relations.step(1),
  k: () => relations.step(-1),
  a: () => relations.judge("accepted"),
  r: () => relations.judge("rejected"),
  u: () => relations.takeBack(),
  "]": () => documents.step(1),
  "[": () => documents.step(-1),
};

/** Connect the keys and the dialog that lists them. */
export function start() {
  const help = byId("help");
  byId("open-help").addEventListener("click", () => help.showModal());
  help.querySelector(".close").addEventListener("click", () => help.close());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("textarea, select, input:not([type=checkbox]):not([type=radio])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") help.showModal();
    else if (event.key === "Escape") {
      choose(null);
      light(null);
    } else if (Object.hasOwn(KEYS, event.key) && state.documents.length && !byId("result").hidden
      && !byId("read").hidden) KEYS[event.key]();
    else return;
    event.preventDefault();
  });
}
