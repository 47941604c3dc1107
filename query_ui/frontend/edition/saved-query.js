// A saved query with values from the address, run in the browser.

import { htmlElement } from "../dom.js";
import { sendQuery } from "../request.js";
import { describeSize, showAnswer } from "../result-view.js";
import "./browser-service.js";
import { toPublicPath } from "../public-path.js";
import { ValueError, bindValues } from "./query-template.js";

const place = document.getElementById("answer");
const status = htmlElement("p", { class: "status", role: "status" }, "Loading the data and running the query …");

/** The values in the address, as lists by the names of the fields. */
function readValues() {
  const values = {};
  for (const [name, text] of new URLSearchParams(location.search)) (values[name] ??= []).push(text);
  return values;
}

/** Shows the values of the address in the form, so that form and result say the same. */
function fillForm(values) {
  for (const field of document.querySelectorAll("form.ask [name]")) {
    const texts = values[field.name];
    if (!texts) continue;
    if (field.type === "checkbox") field.checked = texts.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = texts.includes(option.value);
    else field.value = texts.at(-1);
  }
}

async function showResult() {
  const template = JSON.parse(document.getElementById("query-template").textContent);
  const values = readValues();
  fillForm(values);
  place.replaceChildren(status);
  const query = bindValues(template, values);
  const edit = `${toPublicPath("/sparql")}?${new URLSearchParams({ query })}`;
  const tell = (text) => { status.textContent = text; };
  const answer = await sendQuery({ query, defaultGraphs: [], namedGraphs: [] });
  await showAnswer(place, answer, { tell, apply: () => location.assign(edit) });
  place.append(htmlElement("p", {}, htmlElement("a", { href: edit }, "Edit in SPARQL")), status);
  tell(describeSize(answer));
}

try {
  await showResult();
} catch (error) {
  if (!(error instanceof ValueError || error.document)) throw error;
  place.replaceChildren(htmlElement("p", { class: "notice", role: "alert" }, error.message));
}
