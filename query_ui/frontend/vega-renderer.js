// Vega, loaded when the first chart is wanted; its expressions are read, never evaluated as code.

import { Error as ERRORS, View, logger, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

/** A drawn chart as a file: "svg", or "png" of twice the size on a ground of that colour. */
export async function exportChart(view, format, ground) {
  if (format === "svg") return new Blob([await view.toSVG()], { type: "image/svg+xml" });
  const drawn = await view.toCanvas(2);
  const canvas = Object.assign(document.createElement("canvas"), { width: drawn.width, height: drawn.height });
  const context = canvas.getContext("2d");
  context.fillStyle = ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Draws a Vega-Lite description into an element; gives the view, to be ended by `finalize`. */
export async function draw(spec, node) {
  const { spec: full } = compile(spec, { logger: logger(ERRORS) });
  const view = new View(parse(full, null, { ast: true }), {
    expr: expressionInterpreter,
    renderer: "svg",
    container: node,
    hover: false,
    tooltip: () => {},
  });
  return view.runAsync();
}
