// Where the scripts of the query page begin; without them the page answers all the same.

import "@zazuko/yasqe/build/yasqe.min.css";
import "./editor.css";

import { parsed } from "./answers.js";
import { Workbench } from "./workbench.js";

/** What the server put into the page for us, or null. */
function given(id) {
  const found = document.getElementById(id);
  return found ? JSON.parse(found.textContent) : null;
}

const form = document.querySelector("form.editor");
if (form) {
  const answer = given("answer-data");
  const whole = answer && { ...parsed(answer.type, answer.body), snapshots: answer.snapshots };
  await new Workbench(form).open(given("problem-data"), whole);
}
