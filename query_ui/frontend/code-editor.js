// The box that the query is written in: Yasqe without its requests, its buttons and its completers.
// Yasqe 4.6.2 sends the named graphs as default-graph-uri and asks prefix.cc and LOV for
// completions, so request.js sends the queries and completion.js completes them.

import { Yasqe } from "@zazuko/yasqe";

import { htmlElement } from "./dom.js";

const MOST_EXPECTED = 8;

Yasqe.defaults.autocompleters = [];

/** Marks the first line that the editor's grammar, SPARQL 1.1, cannot read. */
function check(box) {
  box.clearGutter("gutterErrorBar");
  for (let line = 0; line < box.lineCount(); line += 1) {
    const { state } = box.getTokenAt({ line, ch: box.getLine(line).length }, true);
    if (state.OK !== false) continue;
    const expected = (state.possibleCurrent ?? []).slice(0, MOST_EXPECTED).join(" ");
    const title = state.errorMsg || `Not read from here on. Expected: ${expected}`;
    box.setGutterMarker(line, "gutterErrorBar", htmlElement("span", { class: "grammar", title }, "!"));
    return;
  }
}

/** An editor with the text of `area`, whose place it takes; `keys` are more shortcuts. */
export function createEditor(area, keys) {
  const place = htmlElement("div", { class: "box" });
  area.after(place);
  const yasqe = new Yasqe(place, {
    value: area.value.trimEnd(),
    extraKeys: { "Shift-Ctrl-K": false, "Ctrl-S": false, ...keys },
    screenReaderLabel: "Query",
    syntaxErrorCheck: false,
    showQueryButton: false,
    resizeable: false,
    editorHeight: null,
    viewportMargin: Infinity,
    createShareableLink: null,
    consumeShareLink: null,
    persistenceId: null,
  });
  // Yasqe copies CodeMirror's methods and shares its text: only the editor itself keeps both true.
  const box = yasqe.getDoc().getEditor();
  const input = box.getInputField();
  input.setAttribute("aria-describedby", "keys-hint");
  area.hidden = true;
  area.required = false;
  box.on("changes", () => {
    area.value = box.getValue();
    check(box);
  });
  check(box);
  return box;
}
