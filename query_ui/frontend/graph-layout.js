// Where the nodes of a graph stand: the best connected ones, pushed apart and pulled together.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const MOST = 60;
const STEPS = 240;

function key(term) {
  return `${term.type} ${term.value} ${term.language ?? ""} ${term.datatype ?? ""}`;
}

/**
 * The nodes and edges of triples: at most `most` nodes, those with the most edges first, and how
 * many there are besides. Literals are nodes too, each where it stands.
 */
export function buildGraph(rows, most = MOST) {
  const nodes = new Map();
  const edges = [];
  const node = (term, id) => {
    if (!nodes.has(id)) nodes.set(id, { id, term, degree: 0 });
    const found = nodes.get(id);
    found.degree += 1;
    return found;
  };
  rows.forEach(([subject, predicate, object], at) => {
    const id = object.type === "literal" ? `${at} ${key(object)}` : key(object);
    edges.push({ source: node(subject, key(subject)), target: node(object, id), predicate });
  });
  const kept = [...nodes.values()].sort((one, two) => two.degree - one.degree).slice(0, most);
  const inside = new Set(kept);
  const shown = edges.filter(({ source, target }) => inside.has(source) && inside.has(target));
  return { nodes: kept, edges: shown, more: nodes.size - kept.length };
}

/** Gives every node its x and y within the size; the same graph always lies the same way. */
export function layOutGraph({ nodes, edges, more }, width, height) {
  const simulation = forceSimulation(nodes)
    .force("link", forceLink(edges).distance(110))
    .force("apart", forceManyBody().strength(-420))
    .force("room", forceCollide(34))
    .force("x", forceX(width / 2).strength(0.06))
    .force("y", forceY(height / 2).strength(0.09))
    .stop();
  simulation.tick(STEPS);
  spread(nodes, "x", 80, width - 80);
  spread(nodes, "y", 20, height - 30);
  return { nodes, edges, more };
}

/** Stretches the places along one axis until they fill the room from `low` to `high`. */
function spread(nodes, axis, low, high) {
  const places = nodes.map((node) => node[axis]);
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const scale = last > first ? (high - low) / (last - first) : 0;
  for (const node of nodes) {
    node[axis] = scale ? low + (node[axis] - first) * scale : (low + high) / 2;
  }
}
