// The key of a service that answers only those who have one; forgotten with the browser's tab.

import { byId } from "./dom.js";

const NAME = "relatome:key";
let asking = null;
let given = "";

/** The header that shows the key, if there is one. */
export function header() {
  return given ? { Authorization: `Bearer ${given}` } : {};
}

/** Another key than the one of a header that was refused: whether there is one, or one was given. */
export async function other(refused) {
  return header().Authorization !== refused.Authorization || ask();
}

// Once for all who need it: whether a key was given.
function ask() {
  asking ??= new Promise((answer) => {
    const dialog = byId("key");
    const form = byId("key-form");
    const done = (key) => {
      asking = null;
      if (key) keep(key);
      dialog.close();
      answer(Boolean(key));
    };
    byId("key-wrong").hidden = !given;
    byId("key-value").value = "";
    form.onsubmit = (event) => {
      event.preventDefault();
      done(byId("key-value").value.trim());
    };
    dialog.querySelector(".close").onclick = () => done("");
    dialog.oncancel = () => done("");
    dialog.showModal();
  });
  return asking;
}

/** Remember the key this tab was given. */
export function start() {
  try {
    given = sessionStorage.getItem(NAME) ?? "";
  } catch {
    given = ""; // the browser keeps nothing for this page: it asks again
  }
}

function keep(key) {
  given = key;
  try {
    sessionStorage.setItem(NAME, key);
  } catch {
    // Then it is known for as long as the page is open.
  }
}
