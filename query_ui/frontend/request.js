// A query on its way to the endpoint and back: a whole answer, or a problem.

import { callService } from "./service.js";
import { parseResult } from "./results.js";

const ACCEPT = "application/sparql-results+json, application/n-triples, application/problem+json";

/** What the endpoint said instead of an answer; `document` is the problem document. */
export class EndpointError extends Error {
  constructor(document) {
    super(document.detail);
    this.document = document;
  }
}

/** The fields of a request: the query and its dataset, under the names of the protocol. */
export function buildFormData({ query, defaultGraphs = [], namedGraphs = [] }) {
  const found = new URLSearchParams({ query });
  for (const graph of defaultGraphs) found.append("default-graph-uri", graph);
  for (const graph of namedGraphs) found.append("named-graph-uri", graph);
  return found;
}

/** The problem that a response tells, whatever its shape. */
export async function readProblem(response) {
  const text = await response.text();
  if (response.headers.get("Content-Type")?.includes("json")) {
    return new EndpointError(JSON.parse(text));
  }
  const title = `${response.status} ${response.statusText}`.trim();
  return new EndpointError({ title, status: response.status, detail: text || title });
}

/** The body of a result in a format that the endpoint names, such as "csv"; Problem. */
export async function fetchResult(question, format) {
  const body = buildFormData(question);
  body.set("format", format);
  const response = await callService("/sparql", { method: "POST", body });
  if (!response.ok) throw await readProblem(response);
  return response.blob();
}

/** The answer with the seconds it took; Problem, or AbortError when `signal` says so. */
export async function sendQuery(question, signal) {
  const begun = performance.now();
  const headers = { Accept: ACCEPT };
  const response = await callService("/sparql", {
    method: "POST",
    body: buildFormData(question),
    headers,
    signal,
  });
  if (!response.ok) throw await readProblem(response);
  const answer = parseResult(response.headers.get("Content-Type"), await response.text());
  const snapshots = response.headers.get("X-Answered-From-Snapshot") ?? "";
  return { ...answer, question, snapshots, seconds: (performance.now() - begun) / 1000 };
}
