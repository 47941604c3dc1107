// The search of a static edition.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DocumentSearch, cutSnippet } from "../../../query_ui/frontend/edition/document-search.js";

const documents = [
  { name: "Wellbeing", kind: "Concepts", path: "/a", other: "mental health" },
  { name: "Prifysgol Caerdydd", kind: "Institutions", path: "/b", identifiers: ["03kk7td41", "10007814"] },
  { name: "A café for researchers", text: "Meetings on wellbeing and mentoring.", kind: "Practices", path: "/c" },
];
const search = new DocumentSearch(documents, ["the", "of", "for", "what"]);
const names = (text) => search.search(text).hits.map(({ document }) => document.name);

test("names come before texts, and accents and case do not count", () => {
  assert.deepEqual(names("WELLBEING"), ["Wellbeing", "A café for researchers"]);
  assert.deepEqual(names("cafe"), ["A café for researchers"]);
  assert.deepEqual(names("mental health"), ["Wellbeing"]);
});

test("a misspelt word finds what it may mean, and says so", () => {
  assert.equal(search.search("wellbieng").how, "similar");
  assert.equal(names("wellbieng")[0], "Wellbeing");
  assert.deepEqual(search.search("zzzzzzzz"), { how: "", whole: 0, hits: [] });
});

test("words that say little are left out where no document has every word", () => {
  assert.equal(search.search("what is the wellbeing").how, "similar");
  assert.deepEqual(search.search("what the wellbeing of mentoring"), { how: "telling", whole: 0, hits: search.search("wellbeing mentoring").hits });
  assert.equal(search.search("the").hits.length, 0);
});

test("where few documents have every word, those without words that say little follow", () => {
  const found = search.search("wellbeing for");
  assert.deepEqual([found.how, found.whole, found.hits.map(({ document }) => document.path)], ["telling", 1, ["/c", "/a"]]);
  const mixed = search.search("a café for wellbeing");
  assert.deepEqual([mixed.how, mixed.whole, mixed.hits.length], ["all", 0, 1]);
  const more = new DocumentSearch([{ name: "Cafés", text: "for wellbeing" }, { name: "Wellbeing" }, { name: "For wellbeing" }], ["for"]);
  const { how, whole, hits } = more.search("for wellbeing");
  assert.deepEqual([how, whole, hits.length], ["all", 0, 2], "a document that is called so is what was meant");
  const questions = more.search("wellbeing for");
  assert.deepEqual([questions.how, questions.whole, questions.hits.map(({ document }) => document.name)], ["telling", 2, ["For wellbeing", "Cafés", "Wellbeing"]]);
});

test("an identifier finds its institution, alone or in an address", () => {
  for (const text of ["03kk7td41", "https://ror.org/03kk7td41", " 10007814 "]) assert.equal(search.findByIdentifier(text)?.path, "/b");
  assert.equal(search.findByIdentifier("https://ror.org/04h699437"), undefined);
});

test("a snippet marks the words and says where it is cut", () => {
  const text = `${"x ".repeat(100)}wellbeing ${"y ".repeat(200)}`;
  const pieces = cutSnippet(text, ["wellbeing"]);
  assert.deepEqual(pieces.filter(([, isFound]) => isFound), [["wellbeing", true]]);
  assert.equal(pieces[0][0], "… ");
  assert.equal(pieces.at(-1)[0], " …");
});
