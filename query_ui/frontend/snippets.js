// The query as other tools ask it: ready to be pasted.

const quotedInShell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A text in three quotes, as Python reads it back to the letter. */
function quotedInPython(text) {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"');
  return `"""${escaped}"""`;
}

/** A raw text of R, with as many dashes as it takes that nothing inside ends it. */
function quotedInR(text) {
  let dashes = "";
  while (text.includes(`)${dashes}"`)) dashes += "-";
  return `r"${dashes}(${text})${dashes}"`;
}

const isGraph = (kind) => kind === "graph";

function graphs({ defaultGraphs = [], namedGraphs = [] }) {
  return [
    ...defaultGraphs.map((graph) => ["default-graph-uri", graph]),
    ...namedGraphs.map((graph) => ["named-graph-uri", graph]),
  ];
}

function curl(endpoint, kind, question) {
  const accept = isGraph(kind) ? "text/turtle" : "text/csv";
  const more = graphs(question).map((pair) => ` \\\n  --data-urlencode ${quotedInShell(pair.join("="))}`);
  return `curl ${quotedInShell(endpoint)} -H 'Accept: ${accept}'${more.join("")} \\
  --data-urlencode ${quotedInShell(`query=${question.query}`)}\n`;
}

function sparqlWrapper(endpoint, kind, question) {
  const more = graphs(question).map(
    ([name, graph]) => `\nendpoint.addParameter(${JSON.stringify(name)}, ${JSON.stringify(graph)})`,
  );
  const form = isGraph(kind) ? "" : "\nendpoint.setReturnFormat(JSON)";
  const imports = isGraph(kind) ? "POST, SPARQLWrapper" : "JSON, POST, SPARQLWrapper";
  const use = isGraph(kind)
    ? "graph = endpoint.queryAndConvert()\nprint(graph.serialize())"
    : kind === "boolean"
      ? 'print(endpoint.queryAndConvert()["boolean"])'
      : 'for row in endpoint.queryAndConvert()["results"]["bindings"]:\n    print({name: cell["value"] for name, cell in row.items()})';
  return `from SPARQLWrapper import ${imports}

endpoint = SPARQLWrapper(${JSON.stringify(endpoint)})
endpoint.setMethod(POST)${form}${more.join("")}
endpoint.setQuery(${quotedInPython(question.query)})
${use}
`;
}

function pandas(endpoint, kind, question) {
  const fields = graphs(question).map(([n, graph]) => `(${JSON.stringify(n)}, ${JSON.stringify(graph)}), `);
  return `from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pandas

query = ${quotedInPython(question.query)}
body = urlencode([${fields.join("")}("query", query)]).encode()
request = Request(${JSON.stringify(endpoint)}, body, {"Accept": "text/csv"})
table = pandas.read_csv(urlopen(request))
print(table)
`;
}

function r(endpoint, kind, question) {
  const pairs = graphs(question).map(([name, graph]) => `\`${name}\` = ${JSON.stringify(graph)}, `);
  const accept = isGraph(kind) ? "text/turtle" : "text/csv";
  const use = isGraph(kind)
    ? 'cat(resp_body_string(answer))'
    : "table <- read.csv(text = resp_body_string(answer))\nprint(table)";
  return `library(httr2)

query <- ${quotedInR(question.query)}
answer <- request(${JSON.stringify(endpoint)}) |>
  req_headers(Accept = "${accept}") |>
  req_body_form(${pairs.join("")}query = query) |>
  req_perform()
${use}
`;
}

/** The ways to ask from elsewhere that fit a kind of answer: [name, text] pairs. */
export function snippets(endpoint, kind, question) {
  const found = [
    ["curl", curl(endpoint, kind, question)],
    ["Python, SPARQLWrapper", sparqlWrapper(endpoint, kind, question)],
  ];
  if (kind === "bindings") found.push(["Python, pandas", pandas(endpoint, kind, question)]);
  return [...found, ["R, httr2", r(endpoint, kind, question)]];
}
