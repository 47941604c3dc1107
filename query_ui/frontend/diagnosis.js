// Why a query finds nothing: the diagnosis, with the correction that it proposes; unknown terms.

import { callService } from "./service.js";
import { buildFormData, readProblem } from "./request.js";
import { button, htmlElement } from "./dom.js";
import { toNumber } from "./row-order.js";

async function examine(question, signal) {
  const response = await callService("/sparql/doctor", {
    method: "POST",
    body: buildFormData(question),
    headers: { Accept: "application/json, application/problem+json" },
    signal,
  });
  if (!response.ok) throw await readProblem(response);
  return response.json();
}

function findingOf({ line, culprit, explanation, repair }, apply) {
  const place = line ? `Line ${line}: ` : "";
  return htmlElement(
    "li",
    {},
    htmlElement("p", {}, explanation),
    culprit ? htmlElement("p", { class: "source" }, place, htmlElement("code", {}, culprit)) : null,
    repair ? htmlElement("p", {}, button("Correct it and run the query", () => apply(repair))) : null,
  );
}

function told({ found, findings, explanation, culprit, complete, tried, seconds }, apply) {
  const effort = `${tried} reduced ${tried === 1 ? "query" : "queries"} run in ${seconds.toFixed(1)} s`;
  const end = complete ? `${effort}.` : `${effort}; time ran out, so there may be other reasons.`;
  const list = findings.length
    ? htmlElement("ol", {}, findings.map((finding) => findingOf(finding, apply)))
    : htmlElement("p", {}, explanation || "The query may be right, and nothing in the data matches.");
  const part = !findings.length && culprit ? htmlElement("pre", {}, culprit) : null;
  const title = found ? "Likely reason" : "Nothing wrong found";
  return [htmlElement("strong", {}, title), list, part, htmlElement("p", { class: "source" }, end)];
}

/** The terms of a query that the release does not hold; none where that cannot be told. */
export async function fetchUnknownTerms(question) {
  const response = await callService("/sparql/doctor/terms", {
    method: "POST",
    body: buildFormData({ query: question.query }),
    headers: { Accept: "application/json" },
  }).catch(() => null);
  return response?.ok ? (await response.json()).terms : [];
}

/** A notice for each unknown term; `apply` runs the corrected query. */
export function createTermNotices(terms, apply) {
  return terms.map(({ explanation, line, column, repair }) =>
    htmlElement(
      "div",
      { class: "notice low" },
      htmlElement("p", {}, explanation, " ", htmlElement("span", { class: "source" }, `Line ${line}, column ${column}.`)),
      repair ? button("Correct it and run the query", () => apply(repair)) : null,
    ),
  );
}

const AGGREGATE = /\b(?:COUNT|SUM|AVG|MIN|MAX|SAMPLE|GROUP_CONCAT)\s*\(/i;

function isNothing(term) {
  return term === null || (term.type === "literal" && (term.value === "" || toNumber(term) === 0));
}

/** The question that the diagnosis answers for a result; "" where the result found something. */
export function askWhy({ kind, boolean, rows, question }) {
  if (kind === "boolean") return boolean ? "" : "Why no match?";
  if (!rows.length) return "Why no rows?";
  const counts = rows.length === 1 && kind === "bindings" && AGGREGATE.test(question.query);
  return counts && rows[0].every(isNothing) ? "Why 0?" : "";
}

/** The button under a result that found nothing; `apply` runs the corrected query. */
export function createDiagnosisPanel(why, question, apply) {
  const said = htmlElement("div", { class: "doctor", role: "status" });
  const ask = button(why, async () => {
    ask.disabled = true;
    said.replaceChildren(htmlElement("p", {}, "Running the query without some of its parts …"));
    try {
      said.replaceChildren(...told(await examine(question), apply).filter(Boolean));
    } catch (error) {
      said.replaceChildren(htmlElement("p", {}, `The diagnosis failed: ${error.message}`));
    }
    ask.disabled = false;
  });
  return htmlElement("div", { class: "why" }, htmlElement("p", {}, ask), said);
}
