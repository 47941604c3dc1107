import assert from "node:assert/strict";
import { test } from "node:test";

import { QueryStore, summarise } from "../../../query_ui/frontend/query-store.js";
import { findMissingPrefixes, findTerms } from "../../../query_ui/frontend/side-panel.js";
import { chooseChart, formatView, parseView } from "../../../query_ui/frontend/view-state.js";
import { panBox, zoomBox } from "../../../query_ui/frontend/view-box.js";

function clock() {
  let time = 0;
  return () => (time += 1);
}

function fullStorage(room) {
  const kept = new Map();
  return {
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at],
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) throw new Error("QuotaExceededError");
      kept.set(key, value);
    },
    removeItem: (key) => kept.delete(key),
  };
}

test("tabs are kept in order, and two windows do not overwrite one another", () => {
  const storage = fullStorage(1e6);
  const [one, two] = [new QueryStore(storage, "", clock()), new QueryStore(storage, "", clock())];
  const first = one.createTab("ASK {}");
  const second = two.createTab("SELECT * {}", "Mine");
  one.saveTab({ ...first, query: "ASK { ?s ?p ?o }" });
  assert.deepEqual(one.listTabs().map(({ query }) => query).sort(), ["ASK { ?s ?p ?o }", "SELECT * {}"]);
  assert.deepEqual([first.name, second.name], ["Query 1", "Mine"]);
  assert.deepEqual(new QueryStore(storage, "/other").listTabs(), []);
});

test("a closed tab, and one beyond the limit, stays in the history", () => {
  const store = new QueryStore(null, "", clock());
  store.closeTab(store.createTab("ASK { 1 }").id);
  for (let number = 0; number <= 20; number += 1) store.createTab(`ASK { ${number} }`);
  assert.equal(store.listTabs().length, 20);
  assert.deepEqual(store.listHistory().map(({ query }) => query), ["ASK { 0 }", "ASK { 1 }"]);
});

test("the history has each query once, the newest first, and at most a hundred", () => {
  const store = new QueryStore(null, "", clock());
  for (let number = 0; number < 120; number += 1) store.addToHistory(`ASK { ${number} }`, "yes");
  store.addToHistory("ASK { 50 }", "no");
  store.addToHistory("  ", "no");
  const found = store.listHistory();
  assert.equal(found.length, 100);
  assert.deepEqual([found[0].query, found[0].result, found[1].query], ["ASK { 50 }", "no", "ASK { 119 }"]);
  assert.equal(found.filter(({ query }) => query === "ASK { 50 }").length, 1);
});

test("a full or damaged storage loses the oldest, never the newest", () => {
  const storage = fullStorage(300);
  storage.setItem("concordat-kg.history", "{broken");
  const store = new QueryStore(storage, "", clock());
  for (let number = 0; number < 30; number += 1) store.addToHistory(`ASK { ${number} }`, "yes");
  assert.equal(store.listHistory()[0].query, "ASK { 29 }");
  assert.ok(store.listHistory().length < 10);
});

test("a query is summarised by its comment or its first line after the prefixes", () => {
  assert.equal(summarise("# All studies\nSELECT * {}"), "All studies");
  assert.equal(summarise("PREFIX a: <b>\n\nSELECT * {}"), "SELECT * {}");
  assert.equal(summarise(""), "Empty query");
});

test("missing prefixes are those used outside of texts, IRIs and comments", () => {
  const known = { skos: "http://skos/", ckg: "http://ckg/", org: "http://org/" };
  const query = 'PREFIX ckg: <http://ckg/>\n# org:x\nSELECT * { ?s ckg:a "org:x" ; skos:b <org:c> ; foo:d 1 }';
  assert.deepEqual(findMissingPrefixes(query, known), { skos: "http://skos/" });
});

test("terms are filtered by all words, the most used first", () => {
  const terms = [
    { kind: "property", label: "title", short: "dcterms:title", count: 3 },
    { kind: "class", label: "case study", short: "ckg:CaseStudy", count: 9 },
    { kind: "property", label: "short title", short: "ckg:shortTitle", count: 5 },
    { kind: "concept", label: "title", short: "concept:title" },
  ];
  assert.deepEqual(findTerms(terms, "title").map(({ short }) => short), ["ckg:shortTitle", "dcterms:title"]);
  assert.deepEqual(findTerms(terms, "ckg title").map(({ short }) => short), ["ckg:shortTitle"]);
});

test("a view goes into the address and back, and chooses the chart with its columns", () => {
  const view = { view: "chart", type: "bar", x: "key word", y: "n" };
  assert.equal(formatView(view), "#view=chart&type=bar&x=key+word&y=n");
  assert.deepEqual(parseView(formatView(view)), view);
  assert.equal(formatView({ view: "table", type: "bar" }), "");
  const column = (name) => ({ name });
  const charts = [{ type: "bar", x: [column("a"), column("key word")], y: [column("n"), null] }];
  assert.equal(chooseChart(charts, view).chosen.x.name, "key word");
  assert.equal(chooseChart(charts, { type: "bar", x: "a" }).chosen.y, null);
  assert.equal(chooseChart(charts, { type: "pie" }), null);
});

test("a drawing is enlarged about a point, within bounds, and never moved out of sight", () => {
  const full = { width: 800, height: 400 };
  const whole = { x: 0, y: 0, ...full };
  assert.deepEqual(zoomBox(whole, full, 2), { x: 200, y: 100, width: 400, height: 200 });
  assert.deepEqual(zoomBox(whole, full, 2, 0, 0), { x: 0, y: 0, width: 400, height: 200 });
  assert.equal(zoomBox(whole, full, 100).width, 100);
  assert.equal(zoomBox(whole, full, 0.01).width, 1600);
  assert.deepEqual(panBox(whole, full, 0.5, -0.25), { x: 400, y: -100, width: 800, height: 400 });
  assert.equal(panBox(whole, full, 9, 0).x, 720);
});
