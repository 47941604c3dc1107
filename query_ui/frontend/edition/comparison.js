// Institutions side by side, from the rows of a query: what all have, and what only one has.

const collator = new Intl.Collator("en", { sensitivity: "base" });

/**
 * The rows of each aspect: an item with a cell for each institution of `iris`, null where it has
 * none. `found` are rows of thing, aspect, item, number and latest date; those that most have come
 * first, then by label.
 */
export function groupByAspect(aspects, found, iris, labelOf) {
  return aspects.map((aspect) => {
    const items = new Map();
    for (const [thing, name, item, records, latest] of found) {
      if (name !== aspect.name) continue;
      if (!items.has(item)) items.set(item, iris.map(() => null));
      items.get(item)[iris.indexOf(thing)] = { records: Number(records), latest };
    }
    const rows = [...items].map(([item, cells]) => ({ item, label: labelOf(item), cells, having: cells.filter(Boolean).length }));
    rows.sort((one, two) => two.having - one.having || collator.compare(one.label, two.label));
    return { ...aspect, rows };
  });
}

/** The items that all institutions have, and those that only the institution in a place has. */
export const listCommon = ({ rows }) => rows.filter(({ cells, having }) => having === cells.length);
export const listOnly = ({ rows }, place) => rows.filter(({ cells, having }) => having === 1 && cells[place]);

const quote = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The comparison as CSV, a column for each institution. https://www.rfc-editor.org/rfc/rfc4180 */
export function writeCsv(names, aspects, describeCell) {
  const lines = [["aspect", "item", "iri", ...names, "have"]];
  for (const { title, name, rows } of aspects) {
    for (const { item, label, cells, having } of rows) {
      lines.push([title, label, item, ...cells.map((cell) => (cell ? describeCell(name, cell) : "")), String(having)]);
    }
  }
  return lines.map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}
