// The panel with a chart: what is drawn, along which columns, and its values as a table.

import { COUNT, listCharts, buildVegaSpec, buildChartData } from "./chart-spec.js";
import { button, choice, htmlElement, saveFile } from "./dom.js";
import { chooseChart } from "./view-state.js";

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    line: read("--line"),
    mark: read("--accent"),
    faint: read("--tint"),
    ground: read("--surface"),
    font: read("--sans"),
  };
}

/** The chart of one result; `wanted` is a view of an address, `tell` hears of each other choice. */
export class Chart {
  constructor(answer, names, wanted = {}, tell = () => {}) {
    Object.assign(this, { answer, names, tell });
    this.charts = listCharts(answer);
    this.controls = htmlElement("p", { class: "actions" });
    this.picture = htmlElement("div", { class: "chart" });
    this.values = htmlElement("div");
    this.said = htmlElement("p", { class: "count", "aria-live": "polite" });
    const files = ["svg", "png"].map((format) => button(format.toUpperCase(), () => this.#save(format), { class: "btn quiet", "aria-label": `Download the chart as ${format.toUpperCase()}` }));
    this.node = htmlElement("div", { class: "answer-chart" }, this.controls, this.said, this.picture, htmlElement("p", { class: "row" }, files), this.values);
    const found = chooseChart(this.charts, wanted);
    if (found) Object.assign(this, found);
    else if (this.charts.length) this.#take(this.charts[0]);
  }

  #take(kind) {
    this.chosen = { type: kind.type, x: kind.x[0], y: kind.y[0], colour: kind.colour?.[0] };
    this.kind = kind;
  }

  /** The chart that is chosen, as a view of an address. */
  get state() {
    const { type, x, y, colour } = this.chosen;
    return { type, x: x?.name, y: y?.name, colour: colour?.name };
  }

  async #save(format) {
    if (!this.view) return;
    const { exportChart } = await import("./vega-renderer.js");
    saveFile(await exportChart(this.view, format, colours().ground), `chart.${format}`);
  }

  /** Draws the chart that is chosen. */
  async show() {
    this.turn = (this.turn ?? 0) + 1;
    const { turn, chosen } = this;
    await this.names.learn(this.answer.rows);
    if (turn !== this.turn) return;
    this.#choices();
    const data = buildChartData(this.answer, chosen, (term) => this.names.text(term));
    const title = `${this.kind.text}: ${data.fields.map((field) => field.trim()).join(", ")}`;
    this.said.textContent =
      data.rows.length < data.total ? `${title}. First ${data.rows.length} of ${data.total} values.` : title;
    this.#table(data);
    const { draw } = await import("./vega-renderer.js");
    if (turn !== this.turn) return;
    this.view?.finalize();
    this.picture.replaceChildren();
    const width = this.picture.clientWidth || 600;
    this.view = await draw(buildVegaSpec(chosen, data, colours(), width), this.picture);
  }

  #choices() {
    const focused = document.activeElement?.id;
    const pick = (name, label, columns) =>
      columns?.length > 1
        ? choice(`chart-${name}`, label, columns.map((c, at) => [String(at), c?.name ?? COUNT]),
            String(columns.indexOf(this.chosen[name])), (at) => this.#set({ [name]: columns[at] }))
        : null;
    const types = this.charts.map(({ type, text }) => [type, text]);
    this.controls.replaceChildren(
      choice("chart-type", "Chart", types, this.kind.type, (type) => {
        this.#take(this.charts.find((kind) => kind.type === type));
        this.tell();
        this.show();
      }),
      ...[pick("x", "Categories or x", this.kind.x), pick("y", "Values or y", this.kind.y), pick("colour", "Shade", this.kind.colour)].filter(Boolean),
    );
    if (focused?.startsWith("chart-")) document.getElementById(focused)?.focus();
  }

  #set(change) {
    this.chosen = { ...this.chosen, ...change };
    this.tell();
    this.show();
  }

  #table({ fields, rows }) {
    const head = fields.map((field) => htmlElement("th", { scope: "col" }, field));
    const body = rows.map((row) => htmlElement("tr", {}, row.map((value) => htmlElement("td", {}, String(value)))));
    const table = htmlElement("table", { class: "result" }, htmlElement("thead", {}, htmlElement("tr", {}, head)), htmlElement("tbody", {}, body));
    this.values.replaceChildren(
      htmlElement(
        "details",
        {},
        htmlElement("summary", {}, "The values of the chart"),
        htmlElement("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Values of the chart" }, table),
      ),
    );
  }
}
