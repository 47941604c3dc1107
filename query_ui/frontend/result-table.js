// An answer as a table: sorted by a press on a heading, filtered by words, a hundred rows at first.

import { formatTerm } from "./results.js";
import { button, htmlElement, icon } from "./dom.js";
import { copy } from "./snippet-panel.js";
import { filterRows, sortRows } from "./row-order.js";

const FIRST = 100;
const MOST = 10_000;
const ORDERS = { "": "ascending", ascending: "descending", descending: "" };

const LONGEST = 60;

/** A long IRI with its middle left out. */
export function shorten(text) {
  return text.length > LONGEST && text.includes("://") ? `${text.slice(0, 28)}…${text.slice(-30)}` : text;
}

function cell(names, term, column) {
  const label = { "data-label": column };
  if (term === null) return htmlElement("td", label);
  if (term.type === "iri") return htmlElement("td", label, thing(names.of(term.value), term.value));
  if (term.type !== "literal") return htmlElement("td", label, names.text(term));
  const tag = term.language ?? (term.datatype && names.of(term.datatype).short);
  const title = term.language ? "Language" : "Datatype";
  const text = htmlElement("span", { class: "text", lang: term.language }, term.value);
  return htmlElement("td", label, text, tag ? [" ", htmlElement("span", { class: "tag", title }, tag)] : []);
}

function thing({ label, short, href, outside }, iri) {
  const text = label || shorten(short);
  const shown = href
    ? htmlElement("a", { href, title: iri, ...(outside && { class: "outside", rel: "external noreferrer" }) }, text)
    : htmlElement("span", { title: iri }, text);
  const press = button(icon("copy"), () => copy(iri), { class: "copy", title: "Copy the IRI", "aria-label": `Copy the IRI of ${text}`, tabindex: "-1" });
  return label ? [shown, press, " ", htmlElement("code", { class: "short" }, shorten(short))] : [shown, press];
}

/** The table of one answer; `node` is what the page shows. */
export class Table {
  constructor(answer, names) {
    Object.assign(this, { answer, names, column: -1, order: "", words: "", limit: FIRST, turn: 0 });
    this.count = htmlElement("p", { class: "count", "aria-live": "polite" });
    this.more = button("Show all", () => this.#showMore(), { hidden: true });
    this.head = htmlElement("tr");
    this.body = htmlElement("tbody");
    this.node = htmlElement("div", { class: "answer-table" }, this.#tools(), this.count, this.#scroll(), this.more);
  }

  /** Shows the rows that are wanted, with their names. */
  async show() {
    const { answer, names, column, order, words } = this;
    this.turn += 1;
    const { turn } = this;
    const named = !(order || words) || (await names.learn(answer.rows));
    const label = named ? (term) => names.text(term) : formatTerm;
    const found = filterRows(answer.rows, words, label);
    const rows = order ? sortRows(found, column, order === "descending", label) : found;
    const shown = rows.slice(0, this.limit);
    await names.learn(shown);
    if (turn !== this.turn) return;
    this.#headings();
    this.body.replaceChildren(...shown.map((row) => htmlElement("tr", {}, row.map((term, at) => cell(names, term, answer.columns[at])))));
    this.#tell(shown.length, rows.length, named);
  }

  #tell(shown, found, named) {
    const total = this.answer.rows.length;
    const unit = this.answer.kind === "graph" ? "triple" : "row";
    const rows = found === 1 ? unit : `${unit}s`;
    const from = this.words ? `, filtered from ${total.toLocaleString("en-GB")}` : "";
    const among = named ? from : `${from}, by IRI: there are too many entities to look up labels`;
    const count = found.toLocaleString("en-GB");
    this.count.textContent =
      shown < found ? `First ${shown.toLocaleString("en-GB")} of ${count} ${rows}${among}` : `${count} ${rows}${among}`;
    this.more.hidden = shown === found || this.limit === MOST;
    this.more.textContent = found > MOST ? `Show ${MOST.toLocaleString("en-GB")}` : `Show all ${count}`;
  }

  #headings() {
    const cells = this.answer.columns.map((name, index) => {
      const order = index === this.column ? this.order : "";
      const press = htmlElement("button", { type: "button", onclick: () => this.#sort(index) }, name);
      return htmlElement("th", { scope: "col", "aria-sort": order || "none" }, press);
    });
    const focused = [...this.head.children].findIndex((th) => th.contains(document.activeElement));
    this.head.replaceChildren(...cells);
    if (focused >= 0) cells[focused].firstChild.focus();
  }

  #sort(index) {
    this.order = index === this.column ? ORDERS[this.order] : "ascending";
    this.column = this.order ? index : -1;
    return this.show();
  }

  #showMore() {
    this.limit = MOST;
    return this.show();
  }

  /** The filter, and a button that copies the rows with full IRIs, for a spreadsheet. */
  #tools() {
    const oninput = (event) => {
      this.words = event.target.value;
      this.show();
    };
    const field = htmlElement("input", { id: "filter", type: "search", autocomplete: "off", oninput });
    const hidden = !this.answer.rows.length;
    const put = button("Copy rows", async () => {
      const lines = [this.answer.columns, ...this.answer.rows.map((row) => row.map(formatTerm))];
      const text = lines.map((line) => line.map((value) => value.replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
      this.count.textContent = (await copy(text)) ? "Rows copied, with full IRIs." : "The browser did not allow copying.";
    });
    return htmlElement("p", { class: "row", hidden }, htmlElement("label", { for: "filter" }, "Filter rows"), field, put);
  }

  #scroll() {
    const table = htmlElement("table", { class: "result" }, htmlElement("thead", {}, this.head), this.body);
    return htmlElement("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of results" }, table);
  }
}

