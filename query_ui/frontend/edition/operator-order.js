// A guard for a fault of the engine: releases of npm's oxigraph up to 0.5.11 read 10 - 3 - 2 as
// 10 - (3 - 2), and divisions alike, where SPARQL reads from the left. Without it results would be wrong.
// https://www.w3.org/TR/sparql11-query/#rAdditiveExpression

const TOKENS = /#[^\n\r]*|<[^<>"{}|^`\\\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[?$]\w+|[\p{L}_][\p{L}\p{N}_.-]*:[\p{L}\p{N}_.:%-]*|:[\p{L}\p{N}_.:%-]+|\d[\d.]*(?:[eE][+-]?\d+)?|[\p{L}_]\w*|\^\^|&&|\|\||[<>!]=|\S/gu;
const ENDS = /[,;{}=<>]|^(?:&&|\|\||!=|<=|>=|AS|IN)$/i;
const isOperand = (token) => token !== undefined && /^[?$\w"'<)]|:/.test(token) && !/^(?:AS|IN|NOT|SELECT|FILTER|BIND|BY|HAVING|VALUES)$/i.test(token);
const isPathStep = (token) => token !== undefined && (/:/.test(token) || /^<.+>$/.test(token) || token === "^" || token === "!");

/** Whether a query has a subtraction or division that another one follows without brackets. */
export function hasOperatorChain(query) {
  const tokens = (query.match(TOKENS) ?? []).filter((token) => !token.startsWith("#"));
  const levels = [{}];
  for (const [at, token] of tokens.entries()) {
    const level = levels.at(-1);
    if (token === "(") levels.push({});
    else if (token === ")") levels.length > 1 ? levels.pop() : (levels[0] = {});
    else if (ENDS.test(token)) levels[levels.length - 1] = {};
    else if (/^[-+*/]$/.test(token) && isOperand(tokens[at - 1]) && !(token !== "-" && isPathStep(tokens[at + 1]))) {
      const kind = token === "-" || token === "+" ? "sum" : "product";
      if (level[kind]) return true;
      if (token === "-" || token === "/") level[kind] = true;
      if (kind === "sum") level.product = false;
    } else if (/^[+-]\d/.test(token) && level.sum) return true;
  }
  return false;
}
