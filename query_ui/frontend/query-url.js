// The address of a query: in the bar of the browser, and a short one to pass on.

import { toPublicPath } from "./public-path.js";
import { callService } from "./service.js";
import { buildFormData, readProblem } from "./request.js";

/** The question that the address of this page holds after its # (as YASGUI writes it), or null. */
export function parseHash(hash) {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  if (!found.has("query")) return null;
  return {
    query: found.get("query"),
    defaultGraphs: found.getAll("default-graph-uri"),
    namedGraphs: found.getAll("named-graph-uri"),
  };
}

/** The path that shows a question with its answer. */
export function buildQueryUrl(question, format = "") {
  const found = buildFormData(question);
  if (format) found.set("format", format);
  return `${toPublicPath("/sparql")}?${found}`;
}

/** A short address for a query, always the same; EndpointError where none can be given. */
export async function fetchPermalink(question) {
  const response = await callService("/q", {
    method: "POST",
    body: buildFormData(question),
    headers: { Accept: "application/json, application/problem+json" },
  });
  if (!response.ok) throw await readProblem(response);
  return new URL((await response.json()).path, location.href).href;
}
