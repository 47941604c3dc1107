// The query page of a static edition: the editor with the engine in the browser.

import { htmlElement } from "../dom.js";
import { engine } from "./browser-service.js";
import { fetchFile } from "./edition-files.js";
import { ValueError, bindPageQuery } from "./query-template.js";

const NAME = "page-query";

/** The query that the address asks for, by its text or its name; null where it asks for none. */
async function readQuery() {
  const fields = [...new URLSearchParams(location.search)];
  const { query, [NAME]: name } = Object.fromEntries(fields);
  if (name === undefined) return query ?? null;
  return bindPageQuery(await fetchFile("page-queries.json"), name, fields.filter(([key]) => key !== NAME));
}

async function openEditor() {
  document.getElementById("needs-scripts")?.remove();
  const query = await readQuery();
  if (query !== null) {
    document.querySelector("form.editor").elements.namedItem("query").value = query;
    history.replaceState(null, "", `?${new URLSearchParams({ query })}${location.hash}`);
  }
  const { page } = await import("../editor.js");
  if (query === null) await engine.load();
  else await page.run();
}

try {
  await openEditor();
} catch (error) {
  if (!(error instanceof ValueError)) throw error;
  document.getElementById("answer").replaceChildren(htmlElement("p", { class: "notice", role: "alert" }, error.message));
}
