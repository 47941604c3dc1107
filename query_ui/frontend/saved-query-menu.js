// The saved queries, at hand beside the editor.

import { htmlElement } from "./dom.js";

/** A choice of the saved queries by tag; `take` gets the text of the one that is chosen. */
export function createSavedQueryMenu(queries, take) {
  const tags = new Map();
  for (const query of queries) tags.set(query.tag, [...(tags.get(query.tag) ?? []), query]);
  const groups = [...tags].map(([label, found]) =>
    htmlElement("optgroup", { label }, found.map(({ name, title }) => htmlElement("option", { value: name }, title))),
  );
  const onchange = (event) => {
    const found = queries.find(({ name }) => name === event.target.value);
    if (found) take(found.text, found.title);
  };
  return htmlElement(
    "p",
    { class: "saved" },
    htmlElement("label", { for: "saved" }, "Start from a saved query"),
    htmlElement("select", { id: "saved", onchange }, htmlElement("option", { value: "" }, "Choose …"), groups),
  );
}
