// The institutions that an address of a static edition names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { resolveInstitutions } from "../../../query_ui/frontend/edition/institution-choice.js";

const base = "https://kg.example/id/organisation/";
const leeds = { slug: "university-of-leeds", name: "University of Leeds", other: "", identifiers: ["024mrxd33"] };
const wales = { slug: "aberystwyth", name: "Prifysgol Aberystwyth", other: "Aberystwyth University", identifiers: [] };
const beckett = { slug: "leeds-beckett", name: "Leeds Beckett University", other: "", identifiers: [] };
const resolve = (...texts) => resolveInstitutions(texts, [leeds, wales, beckett], base);

test("slug, IRI, identifier and name mean the same institution, which is chosen once", () => {
  for (const text of ["university-of-leeds", `${base}university-of-leeds`, "https://ror.org/024mrxd33", "024MRXD33", "university of LEEDS"]) {
    assert.deepEqual(resolve(text), { chosen: [leeds], unknown: [] }, text);
  }
  assert.deepEqual(resolve("university-of-leeds", "University of Leeds", " ", "leeds-beckett").chosen, [leeds, beckett]);
});

test("a text that fits several leaves the choice, and one that fits none has no candidates", () => {
  assert.deepEqual(resolve("leeds"), { chosen: [], unknown: [{ text: "leeds", candidates: [leeds, beckett] }] });
  assert.deepEqual(resolve("aberystwyth university").unknown, [{ text: "aberystwyth university", candidates: [wales] }]);
  assert.deepEqual(resolve("nowhere", "!").unknown, [{ text: "nowhere", candidates: [] }, { text: "!", candidates: [] }]);
});
