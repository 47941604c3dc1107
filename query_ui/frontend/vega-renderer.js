// Vega, loaded when the first chart is wanted; its expressions are read, never evaluated as code.

import { Error as ERRORS, View, logger, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

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
