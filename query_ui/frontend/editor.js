// Where the scripts of the query page begin; without them the page answers all the same.

import "@zazuko/yasqe/build/yasqe.min.css";
import "./editor.css";

import { parseResult } from "./results.js";
import { QueryPage } from "./query-page.js";

/** What the server put into the page for us, or null. */
function readEmbeddedJson(id) {
  const found = document.getElementById(id);
  return found ? JSON.parse(found.textContent) : null;
}

async function openPage(form) {
  const answer = readEmbeddedJson("answer-data");
  const whole = answer && { ...parseResult(answer.type, answer.body), snapshots: answer.snapshots };
  const page = new QueryPage(form);
  await page.open(readEmbeddedJson("problem-data"), whole);
  return page;
}

const form = document.querySelector("form.editor");

/** The open query page, or null on a page without an editor. */
export const page = form && (await openPage(form));
