// The query for other tools: quoted so that it arrives to the letter.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { snippets } from "../../../query_ui/frontend/snippets.js";

const QUERY = `SELECT * { ?s ?p 'it''s' , "a\\\\b" , """x""" . # $HOME \`id\` )"
}"`;
const question = { query: QUERY, defaultGraphs: ["x:d"], namedGraphs: ["x:n"] };
const of = (name, kind = "bindings") => new Map(snippets("http://127.0.0.1:1/sparql", kind, question)).get(name);

test("the shell gives curl the query and its graphs", () => {
  const script = of("curl").replace(/^curl/, "printf '%s\\0'");
  const given = execFileSync("sh", ["-c", script], { encoding: "utf-8" }).split("\0");
  assert.ok(given.includes(`query=${QUERY}`));
  assert.ok(given.includes("default-graph-uri=x:d"));
  assert.ok(given.includes("named-graph-uri=x:n"));
});

test("R takes a raw text that the query cannot end", () => {
  const text = of("R, httr2");
  const [, dashes] = /r"(-*)\(/.exec(text);
  assert.ok(text.includes(`r"${dashes}(${QUERY})${dashes}"`));
  assert.ok(!QUERY.includes(`)${dashes}"`));
});

test("a graph and a boolean get no table", () => {
  assert.equal(of("Python, pandas", "graph"), undefined);
  assert.equal(of("Python, pandas", "boolean"), undefined);
  assert.match(of("curl", "graph"), /text\/turtle/);
  assert.match(of("Python, SPARQLWrapper", "graph"), /serialize/);
});
