// The search page of a static edition.

import { htmlElement, icon } from "../dom.js";
import { toPublicPath } from "../public-path.js";
import { DocumentSearch, cutSnippet } from "./document-search.js";
import { fetchFile } from "./edition-files.js";

const SHOWN = 50;
const APART = "Data issues";
const NOTES = {
  all: "",
  telling: "Nothing has every word. These results have all but short ones, such as “the”.",
  similar: "Nothing has exactly these words. These results have similar words, or some of them.",
  "": "Nothing in this edition has these words. Try fewer or other words.",
};

const ICONS = { Concepts: "topic", Institutions: "inst", "Source documents": "data", "Saved queries": "query", Help: "info", Registers: "data", Actions: "k-action", "Action plans": "k-action", "Data issues": "warn" };

const marked = (pieces) => pieces.map(([text, isFound]) => (isFound ? htmlElement("mark", {}, text) : text));

function card({ document: { name, text, kind, path }, terms }) {
  return htmlElement("li", { class: "card" },
    htmlElement("span", { class: "kind" }, icon(ICONS[kind] ?? "practice")),
    htmlElement("h3", {}, htmlElement("a", { href: toPublicPath(path) }, marked(cutSnippet(name, terms, 300)))),
    htmlElement("p", { class: "meta" }, kind),
    text ? htmlElement("p", { class: "say snippet" }, marked(cutSnippet(text, terms))) : null);
}

function chips(text, kind, counts) {
  const link = (name, count) => htmlElement("a", { class: name === kind ? "chip on" : "chip", href: `?${new URLSearchParams(name ? { q: text, kind: name } : { q: text })}`, "aria-current": name === kind ? "true" : null },
    name || "All", " ", htmlElement("b", {}, count.toLocaleString("en-GB")));
  const all = [...counts].reduce((sum, [name, count]) => (name === APART ? sum : sum + count), 0);
  return htmlElement("nav", { class: "chips gap3", "aria-label": "Types of results" }, link("", all), [...counts].map(([name, count]) => link(name, count)));
}

function show(place, search, text, kind) {
  const match = kind ? undefined : search.findByIdentifier(text);
  const { how, whole, hits } = search.search(text);
  const note = whole ? `${whole === 1 ? "1 result has every word, and comes" : `${whole} results have every word, and come`} first. The others have all but short ones, such as “the”.` : NOTES[how];
  const counts = new Map();
  for (const { document: { kind: name } } of hits) counts.set(name, (counts.get(name) ?? 0) + 1);
  const found = hits.filter(({ document: { kind: name } }) => (kind ? name === kind : name !== APART));
  const heading = hits.length || match ? `Results for “${text}”` : `No results for “${text}”`;
  const size = `${found.length.toLocaleString("en-GB")} ${found.length === 1 ? "result" : "results"}`;
  place.replaceChildren(...[
    htmlElement("h1", {}, heading),
    note && !match ? htmlElement("p", { class: "notice" }, note) : null,
    match ? htmlElement("ul", { class: "cards gap3" }, card({ document: match, terms: [] })) : null,
    htmlElement("p", { class: "note", role: "status" }, found.length > SHOWN ? `${size}; the first ${SHOWN} are shown` : size),
    counts.size > 1 ? chips(text, kind, counts) : null,
    htmlElement("ol", { class: "cards gap3" }, found.slice(0, SHOWN).map(card)),
  ].filter(Boolean));
}

const fields = new URLSearchParams(location.search);
const text = (fields.get("q") ?? "").slice(0, 300).trim();
const box = document.getElementById("q");
if (box) box.value = text;
const results = document.getElementById("search-results");
if (text) show(results, new DocumentSearch(await fetchFile("search.json"), results.dataset.stopWords.split(" ")), text, fields.get("kind") ?? "");
