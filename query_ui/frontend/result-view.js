// An answer on the page: its table, its chart or its picture, and what can be done with it.

import { Chart } from "./chart-panel.js";
import { createSnippetPanel } from "./snippet-panel.js";
import { createDiagnosisPanel } from "./diagnosis.js";
import { button, htmlElement } from "./dom.js";
import { EntityLabels } from "./entity-labels.js";
import { GraphView } from "./graph-view.js";
import { buildQueryUrl } from "./query-url.js";
import { Table } from "./result-table.js";

const FORMATS = {
  bindings: ["json", "csv", "tsv", "xml"],
  boolean: ["json", "xml", "csv", "tsv"],
  graph: ["ttl", "nt", "jsonld", "rdfxml", "trig", "nq"],
};

function panels(answer) {
  const names = new EntityLabels();
  if (answer.kind === "boolean") return [];
  const found = [["Table", new Table(answer, names)]];
  if (!answer.rows.length) return found;
  if (answer.kind === "graph") return [...found, ["Picture", new GraphView(answer, names)]];
  const chart = new Chart(answer, names);
  return chart.charts.length ? [...found, ["Chart", chart]] : found;
}

/** Buttons of which one is pressed, and the panel that it stands for. */
function switcher(found) {
  const place = htmlElement("div");
  const press = async (at) => {
    buttons.forEach((one, index) => one.setAttribute("aria-pressed", String(index === at)));
    place.replaceChildren(found[at][1].node);
    await found[at][1].show();
  };
  const buttons = found.map(([text], at) => button(text, () => press(at), { "aria-pressed": "false" }));
  const bar = found.length > 1 ? htmlElement("p", { class: "views", role: "group", "aria-label": "Show as" }, buttons) : null;
  return { nodes: [bar, place], ready: found.length ? press(0) : Promise.resolve() };
}

function downloads({ kind, question }) {
  const links = FORMATS[kind].flatMap((name, at) => [
    at ? " · " : "",
    htmlElement("a", { href: buildQueryUrl(question, name) }, name),
  ]);
  return htmlElement("p", { class: "data" }, "Download all: ", links);
}

function size({ kind, rows, seconds }) {
  const unit = kind === "graph" ? "triple" : "row";
  const count = `${rows.length.toLocaleString("en-GB")} ${rows.length === 1 ? unit : `${unit}s`}`;
  const time = seconds === undefined ? "" : ` in ${seconds.toFixed(2)} s`;
  return kind === "boolean" ? `Answered${time}.` : `${count}${time}.`;
}

/** Shows an answer in `place`; `tell` speaks to everybody, `apply` asks a mended query. */
export async function showAnswer(place, answer, { tell, apply }) {
  const { nodes, ready } = switcher(panels(answer));
  const empty = answer.kind !== "boolean" && !answer.rows.length;
  const truth = answer.kind === "boolean" ? htmlElement("p", { class: "answer" }, htmlElement("strong", {}, String(answer.boolean))) : null;
  const parts = [
    htmlElement("h2", { id: "result" }, "Answer"),
    answer.snapshots ? htmlElement("p", { class: "notice" }, `In the place of SERVICE this release answered from its own copy: ${answer.snapshots}. What the endpoint itself says today may differ.`) : null,
    truth,
    ...nodes,
    empty ? createDiagnosisPanel(answer.question, apply) : null,
    downloads(answer),
    createSnippetPanel(answer, tell),
  ];
  place.replaceChildren(...parts.filter(Boolean));
  await ready;
  tell(size(answer));
}
