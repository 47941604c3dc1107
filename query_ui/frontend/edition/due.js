// What falls due, on a page of a static edition: from the day of the reader, or in the period asked for.

import { htmlElement } from "../dom.js";
import { toPublicPath } from "../public-path.js";
import { fetchFile } from "./edition-files.js";
import { DueError, describeTime, parseDueFields, selectDuties } from "./due-dates.js";
import { explainUnknown, pageLink, resolveInstitutions } from "./institution-choice.js";

const SHOWN = 40;
const WHEN = ["Due", "Counted from"];
const place = document.getElementById("due-dates");
const words = (count) => count.toLocaleString("en-GB");

function table(label, headings, rows) {
  const heads = headings.map((text) => htmlElement("th", { scope: "col" }, text));
  const lines = rows.map((cells) => htmlElement("tr", {}, cells.map((cell, at) => htmlElement("td", { class: WHEN.includes(headings[at]) ? "when" : null, "data-label": headings[at] }, cell))));
  return htmlElement("div", { class: "scroll gap3", tabindex: "0", role: "region", "aria-label": label },
    htmlElement("table", { class: "result" }, htmlElement("thead", {}, htmlElement("tr", {}, heads)), htmlElement("tbody", {}, lines)));
}

function section(id, title, ...children) {
  return htmlElement("section", { class: "sec", "aria-labelledby": id }, htmlElement("h2", { id }, title), children);
}

function addressOf(asked, changes) {
  const fields = Object.entries({ ...asked, page: "", ...changes }).filter(([, value]) => value);
  return `?${new URLSearchParams(fields)}`;
}

function showDates(asked, dates) {
  const begin = (asked.page - 1) * SHOWN;
  const shown = dates.slice(begin, begin + SHOWN);
  if (!shown.length) return htmlElement("p", { class: "notice" }, "No date falls in this period. Choose an earlier start or clear all filters: ", htmlElement("a", { href: "index.html" }, "all due dates"), ".");
  const rows = shown.map((due) => [describeTime(due), due.slug ? pageLink(due.institution) : "All institutions", pageLink(due.rule), pageLink(due.register), due.reason]);
  return [
    table("Table of dates", ["Due", "Institution", "What", "Register", "Counted from"], rows),
    htmlElement("nav", { class: "pager", "aria-label": "Pages" },
      asked.page > 1 ? htmlElement("a", { rel: "prev", href: addressOf(asked, { page: asked.page - 1 }) }, "Previous") : null,
      htmlElement("span", {}, `${words(begin + 1)} to ${words(begin + shown.length)}`),
      begin + SHOWN < dates.length ? htmlElement("a", { rel: "next", href: addressOf(asked, { page: asked.page + 1 }) }, "Next") : null),
  ];
}

/** A number of duties, which leads to its query where no filter has left some out. */
function countUnknown(asked, unknown, query) {
  const text = words(unknown.length);
  if (asked.organisation || asked.group || asked.register) return text;
  const [path, fields] = query.split("?");
  return htmlElement("a", { class: "number", href: `${toPublicPath("/sparql")}?page-query=${path.split("/").at(-1)}&${fields}` }, text);
}

function showUnknown(asked, unknown, query) {
  if (!unknown.length) return null;
  const rows = unknown.slice(0, SHOWN).map((due) => [due.slug ? pageLink(due.institution) : "Not given", pageLink(due.rule), pageLink(due.register), due.event]);
  return section("not-known", "Date not known",
    htmlElement("p", { class: "note" }, countUnknown(asked, unknown, query), ` ${unknown.length === 1 ? "duty follows from an event" : "duties follow from events"} without a date in the source, so nothing says when.`),
    table("Table of duties without a date", ["Institution", "What", "Register", "After"], rows),
    unknown.length > SHOWN ? htmlElement("p", { class: "note" }, `The first ${SHOWN} are shown; filters narrow them.`) : null);
}

function fillForm(asked, institution) {
  const { elements } = document.querySelector("form.opts");
  for (const name of ["register", "group", "from", "to"]) {
    const field = elements.namedItem(name);
    if (field) field.value = asked[name] ?? "";
    if (field && asked[name] && field.value !== asked[name]) throw new DueError(`There is no ${name} “${asked[name]}”.`);
  }
  elements.namedItem("organisation").value = institution?.name ?? asked.organisation ?? "";
}

/** The calendar and the feed have all dates, so they are offered where no filter leaves some out. */
function hideSubscriptions(asked, today) {
  if (!asked.organisation && !asked.group && !asked.register && !asked.to && asked.from === today) return;
  document.querySelector("details.menu:has(.downloads)")?.remove();
}

async function showDuties() {
  const today = new Date().toISOString().slice(0, 10);
  const asked = parseDueFields([...new URLSearchParams(location.search)], today);
  const [due, institutions] = await Promise.all([fetchFile("due.json"), fetchFile("institutions.json")]);
  hideSubscriptions(asked, today);
  const { chosen: [institution], unknown: [unclear] } = resolveInstitutions([asked.organisation ?? ""], institutions, due.base);
  fillForm(asked, institution);
  if (unclear) return [explainUnknown(unclear, ({ slug }) => addressOf(asked, { organisation: slug }))];
  const { dates, unknown } = selectDuties(due, { ...asked, slug: institution?.slug });
  return [
    section("results", "Dates without a later record", showDates(asked, dates),
      htmlElement("p", { class: "note" }, "A date that is known to the year or month is due at any time within that year or month. A later event may exist that was not found in what was read.")),
    showUnknown(asked, unknown, due.unknownQuery),
  ].filter(Boolean);
}

try {
  place.replaceChildren(...(await showDuties()));
} catch (error) {
  if (!(error instanceof DueError)) throw error;
  place.replaceChildren(htmlElement("p", { class: "notice", role: "alert" }, error.message));
}
