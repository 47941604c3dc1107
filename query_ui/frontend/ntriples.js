// N-Triples as the endpoint writes them, one triple a line. https://www.w3.org/TR/n-triples/

const XSD_STRING = "http://www.w3.org/2001/XMLSchema#string";
const TERM =
  /\s*(?:<([^<>]*)>|_:([^\s<>"]+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^<>]*)>)?|(<<\())/y;
const SHORT = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };

function unescaped(text) {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) =>
    one ? SHORT[one] : String.fromCodePoint(parseInt(four ?? eight, 16)),
  );
}

function literal(text, language, datatype) {
  const found = { type: "literal", value: unescaped(text) };
  if (language) found.language = language;
  if (datatype && datatype !== XSD_STRING) found.datatype = datatype;
  return found;
}

/** A triple that stands as a term, kept as it is written: `<<( s p o )>>`. */
function nested(line, start) {
  const end = line.lastIndexOf(")>>") + 3;
  TERM.lastIndex = end;
  return { type: "triple", value: line.slice(start, end).trim() };
}

function next(line) {
  const start = TERM.lastIndex;
  const match = TERM.exec(line);
  if (!match) throw new SyntaxError(`This is no N-Triples: ${line}`);
  const [, iri, blank, text, language, datatype, opening] = match;
  if (opening) return nested(line, start);
  if (iri !== undefined) return { type: "iri", value: unescaped(iri) };
  return blank === undefined
    ? literal(text, language, datatype)
    : { type: "blank", value: blank };
}

/** The triples of a text as rows of three terms; SyntaxError where a line is none. */
export function triples(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    TERM.lastIndex = 0;
    rows.push([next(line), next(line), next(line)]);
  }
  return rows;
}
