// The list of completions below the cursor.

import { completions, wordBefore } from "./completion.js";
import { htmlElement } from "./dom.js";

const ENOUGH = 3;
const SILENT = /^(?:comment|string)$/;
const DECLARING = /^\s*PREFIX\s/i;
const CLASS_BEFORE = /(?:^|\s)(?:a|rdf:type)\s+\S*$/;

function textBefore(box) {
  const { line, ch } = box.getCursor();
  return box.getLine(line).slice(0, ch);
}

/** The kind of term that the grammar awaits here. */
function placeOf(box, before) {
  if (CLASS_BEFORE.test(before)) return "class";
  const token = box.getTokenAt(box.getCursor());
  return token.state.possibleCurrent?.includes("a") ? "property" : "";
}

function variables(box) {
  const found = box.getValue().match(/[?$][\p{L}\p{N}_]+/gu) ?? [];
  return [...new Set(found)].sort();
}

function row(node, list, { shown, text, detail }) {
  const short = shown === text ? [] : [htmlElement("code", {}, text)];
  node.append(htmlElement("span", { class: "shown" }, shown), ...short, htmlElement("small", {}, detail));
}

/** Puts a completion in, with the PREFIX line that it needs. */
function insert(box, prefixes, { from, to }, { text }) {
  box.replaceRange(text, from, to, "complete");
  const name = /^([\w-]+):\S*$/.exec(text)?.[1];
  if (name && prefixes[name] && !(name in box.getPrefixesFromQuery())) {
    box.addPrefixes({ [name]: prefixes[name] });
  }
}

/** Shows what may stand at the cursor; `explicit` when somebody asked for it. */
export function showHints(box, known, explicit = true) {
  const hint = () => {
    const before = textBefore(box);
    const context = { place: placeOf(box, before), variables: variables(box), explicit };
    const { length, list } = completions(known, before, context);
    const to = box.getCursor();
    const from = { line: to.line, ch: to.ch - length };
    const choose = (_, data, chosen) => insert(box, known.prefixes, data, chosen);
    return { from, to, list: list.map((item) => ({ ...item, render: row, hint: choose })) };
  };
  box.showHint({ hint, completeSingle: false, closeCharacters: /[\s(){}[\];,>]/ });
}

/** Declares a prefix of ours as soon as it is used. */
function declare(box, prefixes, before) {
  const name = /(?<![\w<:])([\w-]+):[\w.-]*$/.exec(before)?.[1];
  if (name in prefixes && !DECLARING.test(before) && !(name in box.getPrefixesFromQuery())) {
    box.addPrefixes({ [name]: prefixes[name] });
  }
}

/** Shows the list by itself once enough of a word has been typed. */
export function hintWhileTyping(box, known) {
  box.on("inputRead", (_, change) => {
    if (change.origin !== "+input") return;
    if (SILENT.test(box.getTokenTypeAt(box.getCursor()) ?? "")) return;
    declare(box, known().prefixes, textBefore(box));
    if (box.state.completionActive) return;
    const word = wordBefore(textBefore(box));
    if (word.length >= ENOUGH || /^[\w-]+:|^[?$]\w/.test(word)) showHints(box, known(), false);
  });
}
