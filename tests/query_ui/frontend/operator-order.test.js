// Queries that the engine of a static edition would read otherwise than SPARQL does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hasOperatorChain } from "../../../query_ui/frontend/edition/operator-order.js";

const CHAINS = ["10 - 3 - 2", "?a - ?b + 2", "100 / 5 / 2", "?a / ?b * 2", "?a - ?b * 2 - 1", 'STRLEN("x") - ?a - 1', '?d - "P1M"^^xsd:duration - "P1D"^^xsd:duration'];
const SAFE = ["(10 - 3) - 2", "10 - (3 - 2)", "?a + ?b - 2", "?a - ?b * 2", "?a * ?b / 2", "2 - 1, 3 - 2", "?a - 1 < ?b - 1", "?a - 1 && ?b - 1"];

test("a chain of subtractions or divisions is found", () => {
  for (const text of CHAINS) assert.equal(hasOperatorChain(`SELECT (${text} AS ?x) {}`), true, text);
});

test("brackets, other expressions, paths, names and texts are no chain", () => {
  for (const text of SAFE) assert.equal(hasOperatorChain(`SELECT (${text} AS ?x) {}`), false, text);
  const query = `PREFIX a-b: <http://x/a-b-c/> # 1 - 2 - 3
    SELECT * { ?s a-b:c-d-e/a-b:f/a-b:g "1 - 2 - 3" ; (a-b:c/a-b:d)*/a-b:e* ?o . FILTER (?o - 1 > 2) FILTER (?o - 2 > 1) }`;
  assert.equal(hasOperatorChain(query), false);
});
