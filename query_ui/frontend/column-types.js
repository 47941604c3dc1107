// What the columns of an answer hold: numbers, dates, or names that repeat.

import { toNumber } from "./row-order.js";

const DATES = /#(?:date|dateTime|gYearMonth|gYear)$/;

function kindOf(term) {
  if (term.type === "literal" && DATES.test(term.datatype ?? "")) return "date";
  return Number.isNaN(toNumber(term)) ? "name" : "number";
}

/** One entry a column: { name, index, kind: "number" | "date" | "name" | "empty", distinct }. */
export function classifyColumns({ columns, rows }) {
  return columns.map((name, index) => {
    const terms = rows.map((row) => row[index]).filter((term) => term !== null);
    const kinds = new Set(terms.map(kindOf));
    const kind = kinds.size === 1 ? [...kinds][0] : kinds.size ? "name" : "empty";
    return { name, index, kind, distinct: new Set(terms.map(({ value }) => value)).size };
  });
}
