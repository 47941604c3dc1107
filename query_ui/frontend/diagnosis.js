// Why a query has no rows: what the doctor found, and the repair that it proposes.

import { toPublicPath } from "./public-path.js";
import { buildFormData, readProblem } from "./request.js";
import { button, htmlElement } from "./dom.js";

async function examine(question, signal) {
  const response = await fetch(toPublicPath("/sparql/doctor"), {
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
    repair ? htmlElement("p", {}, button("Apply the repair and ask again", () => apply(repair))) : null,
  );
}

function told({ found, findings, explanation, culprit, complete, tried, seconds }, apply) {
  const effort = `${tried} smaller ${tried === 1 ? "query" : "queries"} asked in ${seconds.toFixed(1)} s`;
  const end = complete ? `${effort}.` : `${effort}; then the time ran out, so there may be more.`;
  const list = findings.length
    ? htmlElement("ol", {}, findings.map((finding) => findingOf(finding, apply)))
    : htmlElement("p", {}, explanation || "The query may be in order and the answer honestly empty.");
  const part = !findings.length && culprit ? htmlElement("pre", {}, culprit) : null;
  const title = found ? "This is likely to be why" : "Nothing wrong found";
  return [htmlElement("strong", {}, title), list, part, htmlElement("p", { class: "source" }, end)];
}

/** The button under an empty answer; `apply` puts a mended query in and asks it. */
export function createDiagnosisPanel(question, apply) {
  const said = htmlElement("div", { class: "doctor", role: "status" });
  const ask = button("Why no rows?", async () => {
    ask.disabled = true;
    said.replaceChildren(htmlElement("p", {}, "Taking parts of the query away, one at a time …"));
    try {
      said.replaceChildren(...told(await examine(question), apply).filter(Boolean));
    } catch (error) {
      said.replaceChildren(htmlElement("p", {}, `The doctor could not look at this: ${error.message}`));
    }
    ask.disabled = false;
  });
  return htmlElement("div", { class: "why" }, htmlElement("p", {}, ask), said);
}
