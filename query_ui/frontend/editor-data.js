// What the editor knows of the graph: terms with their labels, prefixes, saved queries.

import { callService } from "./service.js";

const NOTHING = { terms: [], prefixes: {}, queries: [], total: 0, truncated: false };

/** Fetched once for a page; without it the editor completes nothing and works all the same. */
export async function fetchEditorData() {
  const response = await callService("/sparql/terms.json", {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  return response?.ok ? response.json() : NOTHING;
}
