// A graph as a picture that can be enlarged and moved; the table beside it has the same triples.

import { button, svgElement, htmlElement } from "./dom.js";
import { buildGraph, layOutGraph } from "./graph-layout.js";
import { panBox, zoomBox } from "./view-box.js";

const WORDS = 26;
const STEP = 1.4;
const MOVES = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };

function brief(text) {
  return text.length > WORDS ? `${text.slice(0, WORDS - 1)}…` : text;
}

function edge(names, { source, target, predicate }) {
  const label = names.of(predicate.value);
  return [
    svgElement("line", { x1: source.x, y1: source.y, x2: target.x, y2: target.y, "marker-end": "url(#arrow)" }),
    svgElement(
      "text",
      { class: "edge", x: (source.x + target.x) / 2, y: (source.y + target.y) / 2 - 3 },
      brief(label.label || label.short),
    ),
  ];
}

function node(names, { term, x, y }) {
  const text = names.text(term);
  const name = term.type === "iri" ? names.of(term.value) : null;
  const shape =
    term.type === "literal"
      ? svgElement("rect", { x: x - 5, y: y - 5, width: 10, height: 10 })
      : svgElement("circle", { cx: x, cy: y, r: 7 });
  const parts = [svgElement("title", {}, text), shape, svgElement("text", { x, y: y + 20 }, brief(text))];
  return name?.href ? svgElement("a", { href: name.href }, parts) : svgElement("g", {}, parts);
}

function arrow() {
  const marker = { id: "arrow", viewBox: "0 0 8 8", refX: 15, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return svgElement("defs", {}, svgElement("marker", marker, svgElement("path", { d: "M0 0 8 4 0 8z" })));
}

/** The panel with the picture of an answer that is a graph. */
export class GraphView {
  constructor(answer, names) {
    this.answer = answer;
    this.names = names;
    this.said = htmlElement("p", { class: "count" });
    this.place = htmlElement("div", { class: "picture scroll", tabindex: "0", role: "region", "aria-label": "Graph", onkeydown: (event) => this.#onKey(event) });
    const bar = htmlElement(
      "p",
      { class: "row" },
      button("+", () => this.#zoom(STEP), { "aria-label": "Zoom in" }),
      button("−", () => this.#zoom(1 / STEP), { "aria-label": "Zoom out" }),
      button("Fit", () => this.#fit()),
      htmlElement("span", { class: "note" }, "Drag to move. By keyboard: arrows move, + and − zoom, 0 fits."),
    );
    this.node = htmlElement("div", {}, this.said, bar, this.place);
  }

  /** Draws the entities with the most links; says how many more there are. */
  async show() {
    const width = Math.max(640, this.place.clientWidth);
    const { nodes, edges, more } = buildGraph(this.answer.rows);
    await this.names.learn([nodes.map(({ term }) => term), edges.map(({ predicate }) => predicate)]);
    const height = Math.max(320, Math.min(720, nodes.length * 26));
    layOutGraph({ nodes, edges, more }, width, height);
    const left = more ? `, those with the most links; ${more.toLocaleString("en-GB")} more are in the table` : "";
    this.said.textContent = `${nodes.length} entities and texts${left}.`;
    const box = { class: "network", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "The same triples are in the table" };
    this.full = { width, height };
    this.svg = svgElement("svg", box, arrow(), edges.flatMap((one) => edge(this.names, one)), nodes.map((one) => node(this.names, one)));
    this.place.replaceChildren(this.svg);
    this.#fit();
    this.#followPointer();
  }

  #see(box) {
    this.box = box;
    this.svg.setAttribute("viewBox", [box.x, box.y, box.width, box.height].map((value) => value.toFixed(1)).join(" "));
  }

  #fit() {
    this.#see({ x: 0, y: 0, ...this.full });
  }

  #zoom(factor) {
    this.#see(zoomBox(this.box, this.full, factor));
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) this.#see(panBox(this.box, this.full, ...move));
    else if (event.key === "+" || event.key === "=") this.#zoom(STEP);
    else if (event.key === "-") this.#zoom(1 / STEP);
    else if (event.key === "0") this.#fit();
    else return;
    event.preventDefault();
  }

  /** Moves with a drag, and zooms with the wheel and Ctrl; a wheel alone scrolls the page. */
  #followPointer() {
    const { svg } = this;
    let last = null;
    svg.addEventListener("pointerdown", (event) => {
      if (!event.target.closest("a")) last = event;
    });
    svg.addEventListener("pointermove", (event) => {
      if (!last || !event.buttons) return;
      const { width, height } = svg.getBoundingClientRect();
      this.#see(panBox(this.box, this.full, (last.clientX - event.clientX) / width, (last.clientY - event.clientY) / height));
      last = event;
    });
    svg.addEventListener("pointerup", () => (last = null));
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.#zoom(event.deltaY < 0 ? STEP : 1 / STEP);
    });
  }
}
