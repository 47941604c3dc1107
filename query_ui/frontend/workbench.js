// What the page adds around the form: tabs, prefixes, full screen, and the panels at the side.

import { button, htmlElement } from "./dom.js";
import { createHistoryPanel, findMissingPrefixes } from "./side-panel.js";

/** Declares a prefix of ours that a name needs. */
export function declarePrefix(box, prefixes, text) {
  const name = text.split(":")[0];
  if (prefixes[name] && !(name in box.getPrefixesFromQuery())) box.addPrefixes({ [name]: prefixes[name] });
}

/** Declares all prefixes of ours that a query lacks; gives what was done, in words. */
export function addMissingPrefixes(box, prefixes) {
  const missing = findMissingPrefixes(box.getValue(), prefixes);
  const names = Object.keys(missing);
  if (!names.length) return "No known prefix is missing.";
  box.addPrefixes(missing);
  return `Added: ${names.map((name) => `${name}:`).join(", ")}.`;
}

/** The button that lets the editor fill the window, and gives it back. */
export function createFullScreenButton(box) {
  const press = button(
    "Full screen",
    () => {
      const is = document.body.classList.toggle("full-editor");
      press.setAttribute("aria-pressed", String(is));
      box.refresh();
    },
    { "aria-pressed": "false" },
  );
  return press;
}

/** Puts the form beside a column of panels, with the history; gives that column. */
export function addSide(form, store, open) {
  const side = htmlElement("aside", { class: "stack", "aria-label": "Help for writing queries" });
  side.append(createHistoryPanel(store, open));
  const bench = htmlElement("div", { class: "two workbench" });
  form.before(bench);
  bench.append(form, side);
  return side;
}
