// How the results are shown, as part of the address: #view=chart&type=bar&x=keyword&y=n.

const FIELDS = ["view", "type", "x", "y", "colour"];

/** The view in the part of an address after the #; {} where there is none. */
export function parseView(hash) {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  return Object.fromEntries(FIELDS.filter((name) => found.has(name)).map((name) => [name, found.get(name)]));
}

/** The part of an address from the # on; "" for the table, which is shown without. */
export function formatView(view) {
  if (!view.view || view.view === "table") return "";
  const found = new URLSearchParams(FIELDS.filter((name) => view[name]).map((name) => [name, view[name]]));
  return `#${found}`;
}

/** The chart that a view asks for, out of those that fit the result, with its columns; or null. */
export function chooseChart(charts, { type, x, y, colour }) {
  const kind = charts.find((chart) => chart.type === type);
  if (!kind) return null;
  const pick = (columns, name) => {
    const at = columns?.findIndex((column) => (column?.name ?? "") === (name ?? "")) ?? -1;
    return columns?.[Math.max(at, 0)];
  };
  return { kind, chosen: { type, x: pick(kind.x, x), y: pick(kind.y, y), colour: pick(kind.colour, colour) } };
}
