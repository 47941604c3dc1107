// The engine of a static edition: Oxigraph in a worker of its own, with the quads of the release.
// https://github.com/oxigraph/oxigraph/tree/main/js

import init, { Store, namedNode } from "oxigraph/web.js";

const GZIP = [0x1f, 0x8b];

let store;

/** The bytes of a file, decompressed unless the web server has done so on the way. */
async function fetchBytes(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} could not be loaded: ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (GZIP.some((byte, at) => bytes[at] !== byte)) return bytes;
  const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(whole).arrayBuffer());
}

async function load({ engine, quads }) {
  const [bytes] = await Promise.all([fetchBytes(quads), init({ module_or_path: engine })]);
  store = new Store();
  // A transaction would hold all quads twice.
  store.load(bytes, { format: "application/n-quads", unchecked: true, no_transaction: true });
  return store.size;
}

const toNodes = (graphs) => graphs.map((iri) => namedNode(iri));

/** The result with its media type: `table` and `graph` are those of the two kinds of results. */
function run({ query, defaultGraphs, namedGraphs, table, graph }) {
  const dataset = defaultGraphs.length || namedGraphs.length
    ? { default_graph: toNodes(defaultGraphs), named_graphs: toNodes(namedGraphs) }
    : { use_default_graph_as_union: true };
  for (const type of [table, graph]) {
    try {
      return { type, body: store.query(query, { ...dataset, results_format: type }) };
    } catch (error) {
      // The engine says so before it evaluates anything.
      if (!error.message?.startsWith("Not supported RDF format") || type === graph) throw error;
    }
  }
}

self.addEventListener("message", async ({ data: { kind, ...request } }) => {
  try {
    self.postMessage({ value: kind === "load" ? await load(request) : run(request) });
  } catch (error) {
    // A trap of WebAssembly is what a full memory ends with; the engine is in no known state then.
    const isBroken = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    self.postMessage({ error: error.message ?? String(error), isBroken });
  }
});
