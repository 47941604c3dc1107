// A graph as a picture; its triples stand in the table beside it.

import { svgElement, htmlElement } from "./dom.js";
import { buildGraph, layOutGraph } from "./graph-layout.js";

const WORDS = 26;

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
    this.place = htmlElement("div", { class: "picture scroll", tabindex: "0", role: "region", "aria-label": "Picture of the graph" });
    this.node = htmlElement("div", {}, this.said, this.place);
  }

  /** Draws the best connected things; says how many there are besides. */
  async show() {
    const width = Math.max(640, this.place.clientWidth);
    const { nodes, edges, more } = buildGraph(this.answer.rows);
    await this.names.learn([nodes.map(({ term }) => term), edges.map(({ predicate }) => predicate)]);
    const height = Math.max(320, Math.min(720, nodes.length * 26));
    layOutGraph({ nodes, edges, more }, width, height);
    const left = more ? `, the best connected; ${more.toLocaleString("en-GB")} more are in the table` : "";
    this.said.textContent = `${nodes.length} things and texts${left}.`;
    const box = { class: "network", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "The same triples are in the table" };
    this.place.replaceChildren(
      svgElement("svg", box, arrow(), edges.flatMap((one) => edge(this.names, one)), nodes.map((one) => node(this.names, one))),
    );
  }
}
