// The requests of the query page, answered from the files of a static edition.

import { EndpointError } from "../request.js";
import { parseResult } from "../results.js";
import { toPublicPath } from "../public-path.js";
import { replaceService } from "../service.js";
import { BrowserEngine } from "./browser-engine.js";
import { fetchFile, locate } from "./edition-files.js";

const JSON_RESULTS = "application/sparql-results+json";
const MOST_ROWS = 100_000;
const TYPES = {
  json: JSON_RESULTS, csv: "text/csv", tsv: "text/tab-separated-values", xml: "application/sparql-results+xml",
  ttl: "text/turtle", nt: "application/n-triples", jsonld: "application/ld+json", rdfxml: "application/rdf+xml",
  trig: "application/trig", nq: "application/n-quads",
};

export const engine = new BrowserEngine({
  worker: locate("/static/bundle/engine-worker.js"),
  engine: locate("/static/bundle/oxigraph.wasm"),
  quads: locate("/static-edition/graph.nq.gz"),
});

function respond(type, body, status = 200) {
  return new Response(body, { status, headers: { "Content-Type": type } });
}

async function runQuery({ body, signal }) {
  const request = {
    query: body.get("query"),
    defaultGraphs: body.getAll("default-graph-uri"),
    namedGraphs: body.getAll("named-graph-uri"),
    table: TYPES[body.get("format")] ?? JSON_RESULTS,
    graph: TYPES[body.get("format")] ?? TYPES.nt,
  };
  const { type, body: text } = await engine.run(request, signal);
  const count = type === JSON_RESULTS ? parseResult(type, text).rows.length : 0;
  if (count > MOST_ROWS) {
    const detail = `The result has ${count.toLocaleString("en-GB")} rows, and this page shows ${MOST_ROWS.toLocaleString("en-GB")} at most. Add LIMIT, or run the service on your own machine.`;
    throw new EndpointError({ status: 413, title: "Too many rows", detail });
  }
  return respond(type, text);
}

async function findNames({ body }) {
  const { names, prefixes } = await fetchFile("names.json");
  const found = {};
  for (const iri of JSON.parse(body).iris) {
    const [label, path] = names[iri] ?? ["", ""];
    const isOutside = !path;
    const isWeb = /^https?:/.test(iri);
    found[iri] = { label, short: shorten(iri, prefixes), href: isOutside ? (isWeb ? iri : "") : toPublicPath(path), outside: isOutside };
  }
  return respond("application/json", JSON.stringify({ names: found }));
}

/** An IRI as a prefixed name where one of the prefixes fits. */
export function shorten(iri, prefixes) {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const name = iri.startsWith(namespace) ? iri.slice(namespace.length) : "";
    if (name && !/[/#]/.test(name)) return `${prefix}:${name}`;
  }
  return iri;
}

const ANSWERS = {
  "/sparql": runQuery,
  "/sparql/names": findNames,
  "/sparql/terms.json": () => fetch(locate("/static-edition/terms.json")),
  "/q": ({ body }) => respond("application/json", JSON.stringify({ path: `?${body}` })),
};

replaceService(async (path, options) => {
  try {
    const answer = ANSWERS[path];
    if (answer) return await answer(options);
    throw new EndpointError({ status: 501, title: "Not available", detail: "A static edition has no diagnosis: run the service on your own machine." });
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    return respond("application/problem+json", JSON.stringify(error.document), error.document.status);
  }
});
