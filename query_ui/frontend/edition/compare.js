// The comparison of institutions on a page of a static edition, from the statements in the browser.

import { button, htmlElement, icon, saveFile } from "../dom.js";
import { formatDate } from "./due-dates.js";
import { toPublicPath } from "../public-path.js";
import { sendQuery } from "../request.js";
import "./browser-service.js";
import { groupByAspect, listCommon, listOnly, writeCsv } from "./comparison.js";
import { fetchFile } from "./edition-files.js";
import { explainUnknown, pageLink, resolveInstitutions } from "./institution-choice.js";
import { bindPageQuery } from "./query-template.js";

const FIELD = "organisation";
const place = document.getElementById("comparison");
const form = document.querySelector("form.panel.stack");
const { aspects: ASPECTS, base, totals: TOTALS, least, most } = JSON.parse(document.getElementById("comparison-data").textContent);

const addressOf = (slugs, field = FIELD) => `?${new URLSearchParams(slugs.map((slug) => [field, slug]))}`;
const alert = (text) => htmlElement("p", { class: "notice", role: "alert" }, text);

/** The rows of a query of the pages, as texts. */
async function selectRows(name, fields) {
  const query = bindPageQuery(await fetchFile("page-queries.json"), name, fields);
  const { rows } = await sendQuery({ query });
  return rows.map((row) => row.map((term) => term?.value ?? ""));
}

/** A number that leads to the list it counts. */
const numberLink = (count, address) => htmlElement("a", { class: "number", href: address }, count.toLocaleString("en-GB"));

const listAddress = (list, slug, fields = []) => `${toPublicPath(`/${list}/filter`)}?${new URLSearchParams([...fields, [FIELD, slug]])}`;

async function showTotals(chosen) {
  const lines = await Promise.all(chosen.map(async ({ slug, name, path }) => {
    const numbers = await Promise.all(TOTALS.map(async ([kind, , list]) => {
      const [[total]] = await selectRows("count-records-of", [["thing", base + slug], ["class", kind]]);
      return htmlElement("td", { class: "num" }, numberLink(Number(total), listAddress(list, slug)));
    }));
    return htmlElement("tr", {}, htmlElement("th", { scope: "row" }, pageLink([name, path])), numbers);
  }));
  const heads = ["Institution", ...TOTALS.map(([, words]) => words)].map((text, at) => htmlElement("th", { scope: "col", class: at ? "num" : null }, text));
  return htmlElement("section", { class: "sec", "aria-labelledby": "totals" }, htmlElement("h2", { id: "totals" }, "In numbers"),
    htmlElement("div", { class: "scroll gap3", tabindex: "0", role: "region", "aria-label": "Table of numbers" },
      htmlElement("table", {}, htmlElement("thead", {}, htmlElement("tr", {}, heads)), htmlElement("tbody", {}, lines))));
}

/** What a cell says beside its number, as the service has it. */
function describeNote(aspect, { latest }) {
  if (aspect === "group") return latest ? `since ${formatDate(latest)}` : "member";
  return aspect === "register" && latest ? formatDate(latest) : "";
}

function showCell({ name, facet, namespace }, item, { slug }, cell) {
  if (!cell) return htmlElement("td", { class: "num" }, htmlElement("span", { class: "note", "aria-hidden": "true" }, "–"), htmlElement("span", { class: "vh" }, "not found"));
  const isOwn = item.startsWith(namespace);
  const field = isOwn ? [facet, item.slice(namespace.length)] : ["concept", item];
  const number = name === "group" ? null
    : name === "register" ? numberLink(cell.records, `${toPublicPath(`/organisations/${slug}`)}#events`)
      : numberLink(cell.records, listAddress("practices", slug, [field]));
  const note = describeNote(name, cell);
  return htmlElement("td", { class: "num" }, number, note ? htmlElement("span", { class: "note" }, ` ${note}`) : null);
}

function showAspect(aspect, chosen, pathOf) {
  const link = ({ item, label }, attributes = {}) => (pathOf(item) ? htmlElement("a", { ...attributes, href: toPublicPath(pathOf(item)) }, label) : htmlElement("span", attributes, label));
  const chips = (rows) => (rows.length ? htmlElement("span", { class: "chips" }, rows.map((row) => link(row, { class: "chip" }))) : htmlElement("span", { class: "note" }, "none found"));
  const fact = (title, rows) => htmlElement("div", {}, htmlElement("dt", {}, title), htmlElement("dd", {}, chips(rows)));
  const id = `aspect-${aspect.name}`;
  const common = aspect.rows.filter(({ having }) => having > 1);
  const heads = [htmlElement("th", { scope: "col" }, aspect.heading), ...chosen.map(({ name }) => htmlElement("th", { scope: "col", class: "num" }, name))];
  const lines = common.map((row) => htmlElement("tr", {}, htmlElement("th", { scope: "row" }, link(row)), row.cells.map((cell, at) => showCell(aspect, row.item, chosen[at], cell))));
  return htmlElement("section", { class: "sec", "aria-labelledby": id }, htmlElement("h2", { id }, aspect.title),
    aspect.rows.length
      ? htmlElement("dl", { class: "facts panel gap3" }, fact("Shared by all", listCommon(aspect)), chosen.map(({ name }, at) => fact(`Only ${name}`, listOnly(aspect, at))))
      : htmlElement("p", { class: "note" }, "Nothing was found for any of them in what was read."),
    lines.length
      ? htmlElement("div", { class: "scroll gap3", tabindex: "0", role: "region", "aria-labelledby": id }, htmlElement("table", {}, htmlElement("thead", {}, htmlElement("tr", {}, heads)), htmlElement("tbody", {}, lines)))
      : null);
}

async function compare(chosen) {
  const iris = chosen.map(({ slug }) => base + slug);
  const [found, { names }] = await Promise.all([selectRows("contents-of-institutions", iris.map((iri) => ["thing", iri])), fetchFile("names.json")]);
  const aspects = groupByAspect(ASPECTS, found, iris, (iri) => names[iri]?.[0] || iri);
  const totals = await showTotals(chosen);
  const csv = () => writeCsv(chosen.map(({ name }) => name), aspects, (name, cell) => (name === "group" ? describeNote(name, cell) : String(cell.records)));
  const save = button("Download .csv", () => saveFile(new Blob([csv()], { type: "text/csv" }), "comparison.csv"));
  const query = `${toPublicPath("/queries/compare-institutions/values")}${addressOf(chosen.map(({ slug }) => slug), "institution")}`;
  return [
    htmlElement("div", { class: "row actions" }, save, htmlElement("a", { class: "btn", href: query }, "Show the query")),
    totals, aspects.map((aspect) => showAspect(aspect, chosen, (iri) => names[iri]?.[1])),
  ].flat();
}

/** Shows who is chosen: each can be removed, and the form adds others. */
function showChoice(chosen) {
  const slugs = chosen.map(({ slug }) => slug);
  const chips = chosen.map(({ slug, name }) => [
    htmlElement("input", { type: "hidden", name: FIELD, value: slug }),
    htmlElement("a", { class: "chip on", href: addressOf(slugs.filter((one) => one !== slug)) }, htmlElement("span", { class: "vh" }, "Remove "), name, icon("x")),
  ]);
  if (!chosen.length) return;
  for (const note of form.querySelectorAll("p.note")) note.remove(); // how to begin
  form.prepend(htmlElement("p", { class: "chips" }, chips));
}

async function showPage() {
  const institutions = await fetchFile("institutions.json");
  const { chosen, unknown } = resolveInstitutions(new URLSearchParams(location.search).getAll(FIELD), institutions, base);
  const slugs = chosen.map(({ slug }) => slug);
  showChoice(chosen);
  place.replaceChildren(...unknown.map((one) => explainUnknown(one, ({ slug }) => addressOf([...slugs, slug]))));
  if (chosen.length > most) place.append(alert(`${chosen.length} institutions are too many to compare. Choose ${least} to ${most}.`));
  else if (chosen.length >= least) {
    const status = htmlElement("p", { class: "status", role: "status" }, "Loading the data and comparing …");
    place.append(status);
    try {
      place.append(...(await compare(chosen)));
    } finally {
      status.remove();
    }
  } else if (chosen.length) place.append(htmlElement("p", { class: "note" }, "Add another institution to compare."));
}

try {
  await showPage();
} catch (error) {
  if (!error.document) throw error;
  place.append(alert(error.message));
}
