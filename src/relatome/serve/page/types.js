// How entity types and relation types look and read. Every kind differs in hue, in underline and in
// the shape and letter of its badge, so that nothing depends on colour.

const KINDS = {
  gene: { letter: "G", word: "gene", plural: "Genes", shape: "ellipse" },
  disease: { letter: "D", word: "disease", plural: "Diseases", shape: "round-rectangle" },
  chemical: { letter: "C", word: "chemical", plural: "Chemicals", shape: "hexagon" },
  variant: { letter: "V", word: "variant", plural: "Variants", shape: "diamond" },
  species: { letter: "S", word: "species", plural: "Species", shape: "pentagon" },
  cell: { letter: "L", word: "cell line", plural: "Cell lines", shape: "concave-hexagon" },
};

// Looked for in the name of a type, in this order, whatever corpus it is of.
const NAMES = [
  ["cell", /cell/i],
  ["variant", /varia|mutation|snp/i],
  ["gene", /gene|protein/i],
  ["disease", /disease|phenotyp/i],
  ["chemical", /chemical|drug|brand|group/i],
  ["species", /species|organism|taxon/i],
];

/** The kind of an entity type: its CSS name, letter, word, plural and shape. */
export function kindOf(type) {
  const found = NAMES.find(([, pattern]) => pattern.test(type));
  if (found) return { name: found[0], ...KINDS[found[0]] };
  const word = words(type).toLowerCase();
  return {
    name: "other", letter: (word[0] ?? "?").toUpperCase(), word, plural: words(type), shape: "rectangle",
  };
}

/** The badge that stands for an entity type; its word is read aloud. */
export function badge(type) {
  const kind = kindOf(type);
  const mark = document.createElement("span");
  mark.className = `badge kind-${kind.name}`;
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", kind.word);
  const letter = document.createElement("span");
  letter.setAttribute("aria-hidden", "true");
  letter.textContent = kind.letter;
  mark.append(letter);
  return mark;
}

/** A relation type in words: `Positive_Correlation` is "Positive correlation". */
export function words(type) {
  const spaced = type.replace(/^biolink:/, "").replaceAll("_", " ").trim();
  return spaced.slice(0, 1).toUpperCase() + spaced.slice(1).toLowerCase();
}

const UP = /positive|cause|stimulate|increased|activat|upregul/i;
const DOWN = /negative|treat|inhibit|prevent|decreased|antagon|downregul|blocker/i;

/** Which way a relation type goes: `up`, `down` or `flat`, with its sign. */
export function direction(type) {
  if (DOWN.test(type)) return { name: "down", sign: "−" };
  if (UP.test(type)) return { name: "up", sign: "+" };
  return { name: "flat", sign: "·" };
}
