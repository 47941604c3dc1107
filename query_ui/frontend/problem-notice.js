// What went wrong, in words beside the editor and as a mark in the line.

import { button, htmlElement } from "./dom.js";

/** The marks of one problem in the text; taken away with the next change. */
function mark(box, { line, column }) {
  if (!line || line > box.lineCount()) return;
  const at = { line: line - 1, ch: Math.max(0, (column ?? 1) - 1) };
  const end = { line: at.line, ch: Math.max(at.ch + 1, box.findWordAt(at).head.ch) };
  const handle = box.addLineClass(at.line, "wrap", "faulty-line");
  const text = box.markText(at, end, { className: "faulty-text" });
  box.scrollIntoView(at, 60);
  const clear = () => {
    box.removeLineClass(handle, "wrap", "faulty-line");
    text.clear();
    box.off("change", clear);
  };
  box.on("change", clear);
}

function goTo(box, { line, column }) {
  box.focus();
  box.setCursor({ line: line - 1, ch: Math.max(0, (column ?? 1) - 1) });
}

/** A notice about a problem document; `repair` puts a mended query in. */
export function createProblemNotice(box, problem, repair) {
  const { title, detail, excerpt, suggestion } = problem;
  mark(box, problem);
  const place = problem.line
    ? button(`Go to line ${problem.line}`, () => goTo(box, problem))
    : null;
  const mend = problem.repair ? button("Correct it and run the query", () => repair(problem.repair)) : null;
  return htmlElement(
    "div",
    { class: "notice problem", role: "alert" },
    htmlElement("strong", {}, title),
    htmlElement("p", {}, detail),
    excerpt ? htmlElement("pre", { class: "excerpt" }, excerpt) : null,
    suggestion ? htmlElement("p", {}, suggestion) : null,
    place || mend ? htmlElement("p", { class: "actions" }, place, mend) : null,
  );
}
