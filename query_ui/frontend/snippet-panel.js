// Text that is put on the clipboard, and the panel that offers a query for other tools.

import { button, choice, htmlElement } from "./dom.js";
import { toPublicPath } from "./public-path.js";
import { snippets } from "./snippets.js";

/** Puts a text on the clipboard; gives whether that was allowed. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The query of an answer as curl, Python and R ask it; `tell` says what was done. */
export function createSnippetPanel(answer, tell) {
  const found = new Map(snippets(`${location.origin}${toPublicPath("/sparql")}`, answer.kind, answer.question));
  let [name] = found.keys();
  const text = htmlElement("code", {}, found.get(name));
  const pick = (chosen) => {
    name = chosen;
    text.textContent = found.get(name);
  };
  const put = async () => {
    const done = await copy(found.get(name));
    tell(done ? `Copied for ${name}.` : "The browser did not allow copying: select the text below.");
  };
  const names = [...found.keys()].map((key) => [key, key]);
  return htmlElement(
    "details",
    { class: "elsewhere fold" },
    htmlElement("summary", {}, "Use in other tools"),
    htmlElement("p", { class: "actions" }, choice("snippet", "In", names, name, pick), button("Copy", put)),
    htmlElement("pre", { tabindex: "0" }, text),
  );
}
