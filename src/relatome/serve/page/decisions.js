// A curator's decisions, kept in the browser under the document's id and a hash of its text.

import { textOf } from "./offsets.js";

const PREFIX = "relatome:decisions:";
const undoable = [];
const known = new WeakMap(); // document → Map of relation key → decision
const places = new WeakMap(); // document → where the browser keeps them
let kept = true;

/** "accepted", "rejected" or undefined, for a relation of a document. */
export const decisionOn = (doc, key) => decisionsOf(doc).get(key);

/** All decisions on a document, by relation key. */
export function decisionsOf(doc) {
  if (!known.has(doc)) known.set(doc, new Map(Object.entries(stored(place(doc)))));
  return known.get(doc);
}

/** Decide on a relation; null takes the decision back. */
export function decide(doc, key, decision) {
  undoable.push({ doc, key, before: decisionOn(doc, key) ?? null });
  set(doc, key, decision);
}

/** Undo the last decision: `{doc, key}`, or undefined where there is none. */
export function undo() {
  const last = undoable.pop();
  if (last) set(last.doc, last.key, last.before);
  return last;
}

/** Forget what could be undone: other documents are shown now. */
export function forget() {
  undoable.length = 0;
}

/** Whether the browser keeps the decisions; it may be told not to. */
export const areKept = () => kept;

/** How many relations of a document are accepted, rejected and undecided. */
export function tally(doc, keyOf) {
  const counts = { accepted: 0, rejected: 0, undecided: 0 };
  for (const relation of doc.relations) counts[decisionOn(doc, keyOf(relation)) ?? "undecided"] += 1;
  return counts;
}

function set(doc, key, decision) {
  const decisions = decisionsOf(doc);
  if (decision === null) decisions.delete(key);
  else decisions.set(key, decision);
  try {
    if (decisions.size) localStorage.setItem(place(doc), JSON.stringify(Object.fromEntries(decisions)));
    else localStorage.removeItem(place(doc));
  } catch {
    kept = false;
  }
}

function stored(name) {
  try {
    const read = JSON.parse(localStorage.getItem(name) ?? "{}");
    return Object.fromEntries(
      Object.entries(read).filter(([, value]) => value === "accepted" || value === "rejected"),
    );
  } catch {
    return {};
  }
}

function place(doc) {
  if (!places.has(doc)) places.set(doc, `${PREFIX}${doc.id}:${hash(textOf(doc))}`);
  return places.get(doc);
}

/** FNV-1a of 64 bits: `crypto.subtle` would need HTTPS, and nothing here has to withstand attack. */
export function hash(text) {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0");
}
