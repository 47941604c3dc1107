// The saved queries, at hand beside the editor.

import { element } from "./elements.js";

/** A choice of the saved queries by tag; `take` gets the text of the one that is chosen. */
export function savedQueries(queries, take) {
  const tags = new Map();
  for (const query of queries) tags.set(query.tag, [...(tags.get(query.tag) ?? []), query]);
  const groups = [...tags].map(([label, found]) =>
    element("optgroup", { label }, found.map(({ name, title }) => element("option", { value: name }, title))),
  );
  const onchange = (event) => {
    const found = queries.find(({ name }) => name === event.target.value);
    if (found) take(found.text);
  };
  return element(
    "p",
    { class: "saved" },
    element("label", { for: "saved" }, "Begin with a saved query"),
    element("select", { id: "saved", onchange }, element("option", { value: "" }, "Choose …"), groups),
  );
}
