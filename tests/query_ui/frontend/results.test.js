// Answers as they come over the wire, and the terms in them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromJson, parseResult, formatTerm, formatTermAsSparql } from "../../../query_ui/frontend/results.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";

test("bindings keep columns in order, empty cells, languages and datatypes", () => {
  const text = JSON.stringify({
    head: { vars: ["b", "a"] },
    results: {
      bindings: [
        { a: { type: "uri", value: "x:1" } },
        {
          a: { type: "literal", value: "tŷ", "xml:lang": "cy" },
          b: { type: "literal", value: "1", datatype: `${XSD}integer` },
        },
        { a: { type: "literal", value: "t", datatype: `${XSD}string` }, b: { type: "bnode", value: "b0" } },
      ],
    },
  });
  const { kind, columns, rows } = fromJson(text);
  assert.equal(kind, "bindings");
  assert.deepEqual(columns, ["b", "a"]);
  assert.deepEqual(rows, [
    [null, { type: "iri", value: "x:1" }],
    [{ type: "literal", value: "1", datatype: `${XSD}integer` }, { type: "literal", value: "tŷ", language: "cy" }],
    [{ type: "blank", value: "b0" }, { type: "literal", value: "t" }],
  ]);
});

test("a boolean is told apart from rows", () => {
  assert.deepEqual(fromJson('{"head":{},"boolean":false}'), { kind: "boolean", boolean: false, columns: [], rows: [] });
});

test("N-Triples are read with their escapes", () => {
  const body = `<x:s> <x:p> "a \\"b\\"\\n\\u00e9\\U0001F600 . <y>"@en-GB .
_:b1 <x:p> "1"^^<${XSD}integer> .
<x:s> <x:p> _:b1 .
`;
  const { kind, rows } = parseResult("application/n-triples", body);
  assert.equal(kind, "graph");
  assert.deepEqual(rows.map(([, , object]) => object), [
    { type: "literal", value: 'a "b"\né😀 . <y>', language: "en-GB" },
    { type: "literal", value: "1", datatype: `${XSD}integer` },
    { type: "blank", value: "b1" },
  ]);
  assert.equal(rows[1][0].type, "blank");
});

test("a triple as a term stays as it is written", () => {
  const { rows } = parseResult("application/n-triples", "<x:s> <x:says> <<( <x:a> <x:b> \"c\" )>> .\n");
  assert.deepEqual(rows[0][2], { type: "triple", value: '<<( <x:a> <x:b> "c" )>>' });
});

test("what is no triple is refused", () => {
  assert.throws(() => parseResult("application/n-triples", "<x:s> <x:p> "), SyntaxError);
});

test("a term is written as N-Triples and said as text", () => {
  const term = { type: "literal", value: 'a"b', language: "en" };
  assert.equal(formatTermAsSparql(term), '"a\\"b"@en');
  assert.equal(formatTermAsSparql({ type: "iri", value: "x:1" }), "<x:1>");
  assert.equal(formatTerm({ type: "blank", value: "b0" }), "_:b0");
  assert.equal(formatTerm(null), "");
});
