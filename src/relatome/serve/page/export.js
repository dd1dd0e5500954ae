// What leaves the page: the documents with relations and decisions, in a file format.

import { convert } from "./api.js";
import { decisionOn, decisionsOf } from "./decisions.js";
import { announce, byId, counted } from "./dom.js";
import { passing } from "./filters.js";
import { keyOf, shown, state } from "./store.js";

const ENDINGS = {
  "jsonl": ".jsonl", "bioc-json": ".json", "bioc-xml": ".xml", "pubtator": ".pubtator", "tsv": ".tsv",
};

/** The infon of a relation that holds a curator's decision. */
export const INFON = "curation";

/**
 * Documents as they are exported.
 *
 * @param {Array} documents as the service answered.
 * @param {"all"|"shown"|"curated"} what every relation, those that pass the filters, or those that
 *   were accepted, of documents on which something was decided.
 * @returns {Array} documents in relatome's own JSON; decisions stand in the infons of relations.
 */
export function exported(documents, what) {
  const chosen = what === "curated"
    ? documents.filter((doc) => decisionsOf(doc).size > 0) : documents;
  return chosen.map((doc) => {
    const { entities, url, ...own } = doc; // what follows from the rest is no part of the format
    const kept = new Set(what === "shown" ? passing(doc) : doc.relations);
    const relations = doc.relations
      .filter((relation) => kept.has(relation))
      .filter((relation) => what !== "curated" || decisionOn(doc, keyOf(relation)) === "accepted")
      .map((relation) => {
        const decision = decisionOn(doc, keyOf(relation));
        return decision
          ? { ...relation, infons: { ...relation.infons, [INFON]: decision } } : relation;
      });
    return { ...own, relations };
  });
}

/** Connect the dialog. */
export function start() {
  const dialog = byId("export");
  byId("open-export").addEventListener("click", open);
  byId("export-form").addEventListener("change", describe);
  byId("export-form").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  byId("saved").querySelector(".close").addEventListener("click", () => { byId("saved").hidden = true; });
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
}

/** Open the dialog. */
export function open() {
  if (!state.documents.length) return;
  byId("export-error").hidden = true;
  byId("saved").hidden = true;
  byId("export-scope").hidden = state.documents.length < 2;
  describe();
  byId("export").showModal();
}

const chosen = (name) => byId("export-form").elements[name].value;

const scope = () => (chosen("scope") === "one" ? [shown()] : state.documents);

function describe() {
  const documents = exported(scope(), chosen("what"));
  const written = documents.reduce((sum, doc) => sum + doc.relations.length, 0);
  const said = [`${counted(documents.length, "document")}, ${counted(written, "relation")}.`];
  if (chosen("what") === "curated") said.push(...leftOut(documents));
  if (["pubtator", "tsv"].includes(chosen("format")) && chosen("what") !== "curated") {
    said.push("This format has no place for decisions; JSON Lines and BioC have.");
  }
  byId("export-note").textContent = said.join(" ");
  byId("export-save").disabled = documents.length === 0;
}

function leftOut(documents) {
  const ids = new Set(documents.map((doc) => doc.id));
  const own = scope().filter((doc) => ids.has(doc.id));
  const all = own.flatMap((doc) => doc.relations.map((each) => decisionOn(doc, keyOf(each))));
  const rejected = all.filter((decision) => decision === "rejected").length;
  const undecided = all.filter((decision) => decision === undefined).length;
  const untouched = scope().length - documents.length;
  const said = [];
  if (rejected) said.push(`${rejected} rejected left out.`);
  if (undecided) {
    said.push(`${undecided} undecided left out: a model trained on this file learns them as wrong, `
      + "so decide on all of them first.");
  }
  if (untouched) said.push(`${counted(untouched, "document")} without any decision left out.`);
  return said;
}

function say(text) {
  byId("saved-text").textContent = text;
  byId("saved").hidden = false;
  announce(text);
}

async function save() {
  const format = chosen("format");
  const button = byId("export-save");
  button.disabled = true;
  try {
    const { file, lost } = await convert(exported(scope(), chosen("what")), format);
    const address = URL.createObjectURL(file);
    const link = document.createElement("a");
    link.href = address;
    link.download = `${chosen("what") === "curated" ? "curated" : "relations"}${ENDINGS[format]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    byId("export").close();
    say(`Saved ${link.download}.${lost ? ` The format has no place for: ${lost}.` : ""}`);
  } catch (error) {
    byId("export-error").textContent = [error.what ?? error.message, error.nextStep].filter(Boolean).join(" ");
    byId("export-error").hidden = false;
  } finally {
    button.disabled = false;
  }
}
