// Beside the editor: classes and properties with their counts and examples, prefixes, history.

import { button, htmlElement } from "./dom.js";
import { summarise } from "./query-store.js";

const MOST = 40;

function fold(title, ...content) {
  return htmlElement("details", { class: "fold" }, htmlElement("summary", {}, title), htmlElement("div", {}, content));
}

/** The classes and properties whose label or name has some words, the most used first. */
export function findTerms(terms, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return terms
    .filter(({ kind }) => kind === "class" || kind === "property")
    .filter(({ label, short }) => wanted.every((word) => `${label} ${short}`.toLowerCase().includes(word)))
    .sort((one, two) => (two.count ?? 0) - (one.count ?? 0));
}

/** The prefixes that a query uses and does not declare, out of those that are known. */
export function findMissingPrefixes(query, prefixes) {
  const plain = query.replace(/<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*$/gm, " ");
  const declared = new Set([...plain.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map(([, name]) => name));
  const used = new Set([...plain.matchAll(/(?:^|[\s({[;,.^|/!])([A-Za-z][\w-]*):(?=[\w\s])/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(prefixes).filter(([name]) => used.has(name) && !declared.has(name)));
}

function termList(terms, kind, insert) {
  const found = terms.filter((term) => term.kind === kind);
  const rows = found.slice(0, MOST).map((term) =>
    htmlElement(
      "li",
      {},
      button(term.short, () => insert(term.short), { class: "term", title: term.iri }),
      htmlElement("span", { class: "note" }, `${term.label} · ${(term.count ?? 0).toLocaleString("en-GB")}`),
      term.example ? htmlElement("span", { class: "note example", title: term.example }, `e.g. ${term.example}`) : null,
    ),
  );
  const rest = found.length > MOST ? `First ${MOST} of ${found.length}: filter for more.` : "";
  return [
    htmlElement("h2", { class: "h3" }, kind === "class" ? "Classes" : "Properties"),
    htmlElement("ul", { class: "lines" }, rows),
    htmlElement("p", { class: "note" }, rows.length ? rest : "No match."),
  ];
}

/** The folds about the graph; `insert` writes a name at the cursor, with its prefix. */
export function createSchemaPanel({ terms, prefixes }, insert) {
  const list = htmlElement("div", { class: "schema", tabindex: "0", role: "region", "aria-label": "Classes and properties" });
  const show = (words) => {
    const found = findTerms(terms, words);
    list.replaceChildren(...["class", "property"].flatMap((kind) => termList(found, kind, insert)));
  };
  show("");
  const field = htmlElement("input", { id: "schema-filter", type: "search", autocomplete: "off", oninput: (event) => show(event.target.value) });
  const names = Object.keys(prefixes).sort().map((name) =>
    htmlElement("li", {}, button(`${name}:`, () => insert(`${name}:`), { class: "term", title: prefixes[name] })),
  );
  return [
    fold("Classes and properties", htmlElement("label", { for: "schema-filter" }, "Filter"), field, list),
    fold("Prefixes", htmlElement("ul", { class: "row" }, names)),
  ];
}

/** The fold with the history; `open` shows a query. It is read again whenever it is opened. */
export function createHistoryPanel(store, open) {
  const list = htmlElement("ul", { class: "lines" });
  const show = () => {
    const entries = store.listHistory().map(({ query, result, time }) =>
      htmlElement(
        "li",
        {},
        button(summarise(query), () => open(query), { class: "term", title: query.slice(0, 500) }),
        htmlElement("span", { class: "note" }, `${new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })} · ${result}`),
      ),
    );
    list.replaceChildren(...entries);
    none.hidden = entries.length > 0;
    clear.hidden = !entries.length;
  };
  const none = htmlElement("p", { class: "note" }, "Queries that you run are kept here, in this browser only.");
  const clear = button("Clear history", () => {
    store.clearHistory();
    show();
  });
  const node = fold("History", none, htmlElement("div", { class: "schema", tabindex: "0", role: "region", "aria-label": "Queries run before" }, list), clear);
  node.addEventListener("toggle", () => node.open && show());
  return node;
}
