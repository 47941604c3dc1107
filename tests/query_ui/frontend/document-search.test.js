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
  assert.deepEqual(search.search("zzzzzzzz"), { how: "", hits: [] });
});

test("words that say little are left out where no document has every word", () => {
  assert.equal(search.search("what is the wellbeing").how, "similar");
  assert.deepEqual(search.search("what the wellbeing of mentoring"), { how: "telling", hits: search.search("wellbeing mentoring").hits });
  assert.equal(search.search("the").hits.length, 0);
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
