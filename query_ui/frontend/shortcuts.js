// The list of shortcuts, and the line that says how to leave the editor.

import { htmlElement } from "./dom.js";

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform ?? "");
const KEYS = [
  [APPLE ? "⌘ Enter" : "Ctrl Enter", "run the query"],
  ["Ctrl Space", "complete a term by its label, a prefix, a variable or a keyword"],
  ["Ctrl /", "comment the lines, or take the comment away"],
  ["Shift Ctrl F", "format the query"],
  ["Shift Ctrl D", "repeat the line"],
  ["Ctrl Z", "undo, also a correction"],
  ["Esc", "leave the editor: Tab then goes on to the next field"],
];

/** The hint below the editor and the whole list behind it. */
export function createShortcutList() {
  const rows = KEYS.map(([keys, does]) => [
    htmlElement("dt", {}, keys.split(" ").map((key) => htmlElement("kbd", {}, key))),
    htmlElement("dd", {}, does),
  ]);
  const hint = `${KEYS[0][0].replace(" ", "+")} runs the query, Ctrl+Space completes, Esc leaves the editor.`;
  return htmlElement(
    "details",
    { class: "keys" },
    htmlElement("summary", {}, "Keys: ", htmlElement("span", { id: "keys-hint" }, hint)),
    htmlElement("dl", {}, rows),
  );
}
