// What goes in: a text, PubMed ids or a file.

import { examples, extract, extractIds } from "./api.js";
import { announce, byId, counted, el } from "./dom.js";
import { state, tell } from "./store.js";
import { show } from "./views.js";

let running = null;
let chosenFile = null;

/** Connect the form, the examples and dropping a file. */
export function start() {
  byId("compose-form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  byId("cancel").addEventListener("click", () => running?.abort());
  byId("again").addEventListener("click", again);
  for (const radio of document.querySelectorAll("input[name=source]")) {
    radio.addEventListener("change", showSource);
  }
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  });
  byId("file").addEventListener("change", () => takeFile(byId("file").files[0]));
  dropping();
  showSource();
  offerExamples();
}

const source = () => byId("compose-form").elements.source.value;

function showSource() {
  for (const name of ["text", "ids", "file"]) byId(`source-${name}`).hidden = source() !== name;
}

function choose(name) {
  byId("compose-form").elements.source.value = name;
  showSource();
}

function again() {
  show("read");
  byId("compose").hidden = false;
  byId("result").hidden = true;
  document.body.classList.remove("reading");
  byId("back").hidden = !state.documents.length;
  byId(source() === "ids" ? "ids" : "text").focus();
}

/** Show the result that is there. */
export function back() {
  show("read");
  byId("compose").hidden = true;
  byId("result").hidden = false;
  document.body.classList.add("reading");
}

async function offerExamples() {
  let offered;
  try {
    ({ examples: offered } = await examples());
  } catch {
    return; // the page works without them, and the first extraction tells what is wrong
  }
  byId("examples").hidden = !offered.length;
  byId("example-list").replaceChildren(...offered.map(({ title, text }) => el(
    "li", {},
    el("button", {
      type: "button", class: "example",
      on: { click: () => { choose("text"); byId("text").value = text; submit(); } },
    }, title),
  )));
}

function dropping() {
  const over = (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    document.body.classList.toggle("dropping", event.type === "dragover");
  };
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(event); });
  document.addEventListener("drop", (event) => {
    over(event);
    const file = event.dataTransfer?.files[0];
    if (file) takeFile(file);
  });
}

function takeFile(file) {
  if (!file) return;
  again();
  choose("file");
  byId("file-name").textContent = file.name;
  chosenFile = file;
  submit();
}

async function contentOf(file) {
  const first = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  const stream = gzip ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const bytes = await new Response(stream).arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw plain(`${file.name} is no text in UTF-8.`, "Save it as plain text in UTF-8, or paste the text.");
  }
}

function optionsChosen() {
  const fields = byId("compose-form").elements;
  return {
    precision: fields.precision.value ? Number(fields.precision.value) : null,
    predicates: fields.predicates.value || null,
    tagger: fields.tagger.value,
  };
}

const plain = (what, nextStep) => Object.assign(new Error(what), { what, nextStep });

async function answer(signal) {
  const options = optionsChosen();
  if (source() === "ids") {
    const pmids = byId("ids").value.split(/[\s,;]+/).map((id) => id.replace(/^pmid:/i, "")).filter(Boolean);
    if (!pmids.length) throw plain("There is no id yet.", "Give PubMed ids, such as 18439317.");
    return extractIds({ pmids, options }, signal);
  }
  if (source() === "file") {
    if (!chosenFile) throw plain("There is no file yet.", "Choose one, or drop it on the page.");
    let content;
    try {
      content = await contentOf(chosenFile);
    } catch (error) {
      if (error.what) throw error;
      throw plain(`${chosenFile.name} cannot be read.`, "See whether it is complete and you may read it.");
    }
    return extract({ content, format: "auto", options }, signal);
  }
  const text = byId("text").value;
  if (!text.trim()) throw plain("There is no text yet.", "Paste an abstract, or try an example.");
  return extract({ text, options }, signal);
}

async function submit() {
  running?.abort();
  const own = (running = new AbortController());
  busy(true);
  showError(null);
  try {
    receive(await answer(own.signal));
  } catch (error) {
    if (error.name === "AbortError") {
      if (running === own) announce("Stopped.");
    } else {
      showError(error);
    }
  } finally {
    if (running === own) {
      running = null;
      busy(false);
    }
  }
}

function busy(is) {
  document.body.classList.toggle("busy", is);
  byId("submit").disabled = is;
  byId("submit").textContent = is ? "Extracting…" : "Extract relations";
  byId("cancel").hidden = !is;
  if (is) announce("Extracting relations…");
}

function receive({ documents, model, problems = [], summary = [] }) {
  const said = problems.map((problem) => [problem.what, problem.next_step].filter(Boolean).join(" "));
  if (!documents.length) {
    throw plain(said[0] ?? "There is no document in this input.", said.slice(1).join(" "));
  }
  state.documents = documents;
  state.index = 0;
  state.model = model;
  byId("problems").hidden = !said.length;
  byId("problem-count").textContent = `${counted(said.length, "problem")} in the input`;
  byId("problem-list").replaceChildren(...said.map((line) => el("li", {}, line)));
  byId("summary").textContent = summary.join(" ");
  byId("again").hidden = false;
  back();
  tell("documents");
  tell("document");
  window.scrollTo(0, 0);
  const found = documents.reduce((sum, doc) => sum + doc.relations.length, 0);
  announce(`${counted(found, "relation")} found in ${counted(documents.length, "document")}. `
    + "Press j to go to the first one, ? for all keys.");
  byId("relations-heading").focus({ preventScroll: true });
}

function showError(error) {
  const box = byId("error");
  box.hidden = !error;
  if (!error) return;
  box.replaceChildren(el(
    "div", {},
    el("p", { class: "what" }, error.what ?? `The page failed: ${error.message}`),
    error.place ? el("p", { class: "quiet" }, error.place) : null,
    error.nextStep ? el("p", {}, error.nextStep) : null,
    error.code ? el("p", { class: "quiet code" }, error.code) : null,
  ));
  if (!byId("result").hidden) again();
}
