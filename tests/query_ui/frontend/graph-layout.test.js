// The picture of a graph: what is in it and where it lies.

import assert from "node:assert/strict";
import { test } from "node:test";

import { buildGraph, layOutGraph } from "../../../query_ui/frontend/graph-layout.js";

const iri = (value) => ({ type: "iri", value });
const text = (value) => ({ type: "literal", value });
const rows = [
  [iri("x:a"), iri("x:p"), iri("x:b")],
  [iri("x:a"), iri("x:p"), text("same")],
  [iri("x:b"), iri("x:p"), text("same")],
];

test("things are one node each, texts stand where they are said", () => {
  const { nodes, edges, more } = buildGraph(rows);
  assert.equal(nodes.length, 4);
  assert.equal(edges.length, 3);
  assert.equal(more, 0);
});

test("the best connected are kept and the rest is counted", () => {
  const { nodes, edges, more } = buildGraph(rows, 2);
  assert.deepEqual(nodes.map(({ term }) => term.value).sort(), ["x:a", "x:b"]);
  assert.equal(edges.length, 1);
  assert.equal(more, 2);
});

test("every node lies inside, and always in the same place", () => {
  const places = () => layOutGraph(buildGraph(rows), 600, 300).nodes.map(({ x, y }) => [x, y]);
  const once = places();
  assert.deepEqual(once, places());
  for (const [x, y] of once) assert.ok(x >= 0 && x <= 600 && y >= 0 && y <= 300);
});
