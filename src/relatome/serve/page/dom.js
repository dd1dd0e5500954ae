// Elements made by hand: whatever a document says becomes text, never markup.

/**
 * An element with attributes, listeners and children.
 *
 * @param {string} tag
 * @param {object} attributes `on` holds listeners; `true` sets an attribute without value; null,
 *   undefined and false leave it out.
 * @param {...(Node|string|null|undefined)} children strings become text.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element of the page with an id. */
export const byId = (id) => document.getElementById(id);

/** Say something to those who do not see the page change. */
export function announce(text) {
  byId("status").textContent = text;
}

/** A number with its noun: 1 relation, 2,000 relations. */
export function counted(count, noun) {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString("en-GB")} ${count === 1 ? noun : plural}`;
}

/** A probability from 0 to 1 as a percentage; nothing where there is none. */
export function percent(probability) {
  return probability === null || probability === undefined ? "" : `${Math.round(probability * 100)} %`;
}
