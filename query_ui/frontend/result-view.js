// A result on the page: its table, chart or graph, and what can be done with it.

import { Chart } from "./chart-panel.js";
import { createSnippetPanel } from "./snippet-panel.js";
import { askWhy, createDiagnosisPanel, createTermNotices, fetchUnknownTerms } from "./diagnosis.js";
import { button, htmlElement, saveFile } from "./dom.js";
import { EntityLabels } from "./entity-labels.js";
import { GraphView } from "./graph-view.js";
import { buildQueryUrl } from "./query-url.js";
import { fetchResult } from "./request.js";
import { hasService } from "./service.js";
import { Table } from "./result-table.js";
import { formatView, parseView } from "./view-state.js";

const FORMATS = {
  bindings: ["json", "csv", "tsv", "xml"],
  boolean: ["json", "xml", "csv", "tsv"],
  graph: ["ttl", "nt", "jsonld", "rdfxml", "trig", "nq"],
};

function panels(answer, wanted, tell) {
  const names = new EntityLabels();
  if (answer.kind === "boolean") return [];
  const found = [["table", "Table", new Table(answer, names)]];
  if (!answer.rows.length) return found;
  if (answer.kind === "graph") return [...found, ["graph", "Graph", new GraphView(answer, names)]];
  const chart = new Chart(answer, names, wanted, tell);
  return chart.charts.length ? [...found, ["chart", "Chart", chart]] : found;
}

/** Writes the view into the address of the page. */
function keepView(name, panel) {
  const hash = formatView({ view: name, ...(panel.state ?? {}) });
  history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
}

/** Buttons of which one is pressed, and the panel that it shows: the one of the address first. */
function createSwitcher(answer) {
  const wanted = parseView(location.hash);
  let current = null;
  const found = panels(answer, wanted, () => current && keepView(current[0], current[2]));
  const place = htmlElement("div");
  const press = async (at) => {
    current = found[at];
    buttons.forEach((one, index) => one.setAttribute("aria-pressed", String(index === at)));
    place.replaceChildren(current[2].node);
    await current[2].show();
  };
  const choose = (at) => {
    keepView(found[at][0], found[at][2]);
    return press(at);
  };
  const buttons = found.map(([, text], at) => button(text, () => choose(at), { "aria-pressed": "false" }));
  const bar = found.length > 1 ? htmlElement("p", { class: "row views", role: "group", "aria-label": "Show as" }, buttons) : null;
  const first = Math.max(0, found.findIndex(([name]) => name === wanted.view));
  return { nodes: [bar, place], ready: found.length ? press(first) : Promise.resolve() };
}

/** A link to a result in a format; without a server a button that saves it. */
function createDownload(question, name, tell) {
  if (hasService()) return htmlElement("a", { href: buildQueryUrl(question, name) }, name);
  const save = async () => {
    try {
      saveFile(await fetchResult(question, name), `result.${name}`);
    } catch (error) {
      tell(error.message);
    }
  };
  return button(name, save);
}

function downloads({ kind, question }, tell) {
  const links = FORMATS[kind].flatMap((name, at) => [at ? " · " : "", createDownload(question, name, tell)]);
  return htmlElement("p", { class: "data" }, "Download: ", links);
}

/** The size of a result in words: "3 rows in 0.02 s." */
export function describeSize({ kind, rows, seconds, boolean }) {
  const unit = kind === "graph" ? "triple" : "row";
  const count = `${rows.length.toLocaleString("en-GB")} ${rows.length === 1 ? unit : `${unit}s`}`;
  const time = seconds === undefined ? "" : ` in ${seconds.toFixed(2)} s`;
  return kind === "boolean" ? `${boolean ? "Yes" : "No"}${time}.` : `${count}${time}.`;
}

/** Shows a result in `place`; `tell` speaks to everybody, `apply` runs a corrected query. */
export async function showAnswer(place, answer, { tell, apply }) {
  const { nodes, ready } = createSwitcher(answer);
  const why = askWhy(answer);
  const truth = answer.kind === "boolean" ? htmlElement("p", { class: "answer" }, htmlElement("strong", {}, answer.boolean ? "Yes (true)" : "No (false)")) : null;
  const unknown = htmlElement("div", { class: "unknown" }, createTermNotices(answer.unknown ?? [], apply));
  const parts = [
    htmlElement("h2", { id: "result" }, "Results"),
    unknown,
    answer.snapshots ? htmlElement("p", { class: "notice" }, `For SERVICE the results come from a copy in this release: ${answer.snapshots}. The endpoint itself may return something else today.`) : null,
    truth,
    ...nodes,
    why && hasService() ? createDiagnosisPanel(why, answer.question, apply) : null,
    downloads(answer, tell),
    hasService() ? createSnippetPanel(answer, tell) : null,
  ];
  place.replaceChildren(...parts.filter(Boolean));
  if (!answer.unknown) fetchUnknownTerms(answer.question).then((terms) => unknown.replaceChildren(...createTermNotices(terms, apply)));
  await ready;
  tell(describeSize(answer));
}
