// What the page shows at the moment, and who is told when it changes.

/**
 * `documents`: what the service answered. `index`: the one that is shown. `lit`: the entity ids and
 * the relation under the pointer or the focus. `current`: the relation the keys act on, by key.
 */
export const state = {
  documents: [], index: 0, model: null, current: null, lit: null,
  filters: { least: 0, novelty: "any", decision: "any", order: "probability", hidden: new Set() },
};

const bus = new EventTarget();

/** Hear of a change: "documents", "document", "filters", "current", "light" or "decisions". */
export const on = (name, listener) => bus.addEventListener(name, listener);

/** Tell of a change. */
export const tell = (name) => bus.dispatchEvent(new Event(name));

/** The document that is shown, or undefined. */
export const shown = () => state.documents[state.index];

/** What identifies a relation within its document. */
export const keyOf = (relation) => JSON.stringify([relation.head, relation.type, relation.tail]);

/** The relation the keys act on, or undefined. */
export const currentRelation = () =>
  shown()?.relations.find((relation) => keyOf(relation) === state.current);

/** Light up an entity, or a relation with both of its entities; null puts the lights out. */
export function light(what) {
  if (!what && !state.lit) return;
  state.lit = what && {
    entities: new Set(what.relation ? [what.relation.head, what.relation.tail] : what.entities),
    relation: what.relation ? keyOf(what.relation) : null,
  };
  tell("light");
}

/** Make a relation the one the keys act on. */
export function choose(key) {
  state.current = key;
  tell("current");
}

/** The entities of a document by id. */
export function entitiesOf(doc) {
  return new Map(doc.entities.map((entity) => [entity.id, entity]));
}
