// Rows in the order of a column, and those that hold some words.

import { formatTerm } from "./results.js";

const NUMBERS = /#(?:integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger|negativeInteger|nonPositiveInteger|unsigned\w+|gYear)$/;

/** The number that a term stands for, or NaN. */
export function toNumber(term) {
  return term?.type === "literal" && NUMBERS.test(term.datatype ?? "") ? Number(term.value) : NaN;
}

/** Compares two terms: empty ones last, numbers by value, everything else as people sort texts. */
export function createComparator(label, language = "en-GB") {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  return (one, two) => {
    if (one === null || two === null) return (one === null) - (two === null);
    const [left, right] = [toNumber(one), toNumber(two)];
    if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
    return collator.compare(label(one), label(two));
  };
}

/** A copy of the rows, sorted by the column at `index`; empty cells stay last either way. */
export function sortRows(rows, index, descending, label = formatTerm) {
  const compare = createComparator(label);
  return [...rows].sort((one, two) => {
    const [left, right] = [one[index], two[index]];
    const order = compare(left, right);
    return descending && left !== null && right !== null ? -order : order;
  });
}

/** The rows that hold every word of `words` somewhere, whatever its case. */
export function filterRows(rows, words, label = formatTerm) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return rows;
  return rows.filter((row) => {
    const text = row.map((term) => `${label(term)} ${formatTerm(term)}`).join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
