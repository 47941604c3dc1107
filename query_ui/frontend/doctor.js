// Why a query has no rows: what the doctor found, and the repair that it proposes.

import { fields, problemOf } from "./asking.js";
import { button, element } from "./elements.js";

async function examine(question, signal) {
  const response = await fetch("/sparql/doctor", {
    method: "POST",
    body: fields(question),
    headers: { Accept: "application/json, application/problem+json" },
    signal,
  });
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

function findingOf({ line, culprit, explanation, repair }, apply) {
  const place = line ? `Line ${line}: ` : "";
  return element(
    "li",
    {},
    element("p", {}, explanation),
    culprit ? element("p", { class: "source" }, place, element("code", {}, culprit)) : null,
    repair ? element("p", {}, button("Apply the repair and ask again", () => apply(repair))) : null,
  );
}

function told({ found, findings, explanation, culprit, complete, tried, seconds }, apply) {
  const effort = `${tried} smaller ${tried === 1 ? "query" : "queries"} asked in ${seconds.toFixed(1)} s`;
  const end = complete ? `${effort}.` : `${effort}; then the time ran out, so there may be more.`;
  const list = findings.length
    ? element("ol", {}, findings.map((finding) => findingOf(finding, apply)))
    : element("p", {}, explanation || "The query may be in order and the answer honestly empty.");
  const part = !findings.length && culprit ? element("pre", {}, culprit) : null;
  const title = found ? "This is likely to be why" : "Nothing wrong found";
  return [element("strong", {}, title), list, part, element("p", { class: "source" }, end)];
}

/** The button under an empty answer; `apply` puts a mended query in and asks it. */
export function doctor(question, apply) {
  const said = element("div", { class: "doctor", role: "status" });
  const ask = button("Why no rows?", async () => {
    ask.disabled = true;
    said.replaceChildren(element("p", {}, "Taking parts of the query away, one at a time …"));
    try {
      said.replaceChildren(...told(await examine(question), apply).filter(Boolean));
    } catch (error) {
      said.replaceChildren(element("p", {}, `The doctor could not look at this: ${error.message}`));
    }
    ask.disabled = false;
  });
  return element("div", { class: "why" }, element("p", {}, ask), said);
}
