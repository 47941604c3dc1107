// Addresses of queries and the fields of requests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { buildFormData } from "../../../query_ui/frontend/request.js";
import { buildQueryUrl, parseHash } from "../../../query_ui/frontend/query-url.js";

test("default and named graphs go under their own names", () => {
  const question = { query: "ASK {}", defaultGraphs: ["x:d"], namedGraphs: ["x:n", "x:m"] };
  assert.equal(
    buildFormData(question).toString(),
    "query=ASK+%7B%7D&default-graph-uri=x%3Ad&named-graph-uri=x%3An&named-graph-uri=x%3Am",
  );
});

test("an address of YASGUI holds the query after #", () => {
  const found = parseHash("#query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%22a%26b%2Bc%22%20%7D&endpoint=x&default-graph-uri=x%3Ad");
  assert.deepEqual(found, { query: 'SELECT * { ?s ?p "a&b+c" }', defaultGraphs: ["x:d"], namedGraphs: [] });
  assert.equal(parseHash("#result"), null);
});

test("a path leads back to the same question", () => {
  const question = { query: 'ASK { ?s ?p "ü&+%\n" }', defaultGraphs: ["x:d"], namedGraphs: [] };
  assert.deepEqual(parseHash(buildQueryUrl(question, "csv").replace("/sparql?", "#")), question);
  assert.match(buildQueryUrl(question, "csv"), /&format=csv$/);
});
