// The engine of a static edition: what becomes of queries that take too long or too much.

import assert from "node:assert/strict";
import { test } from "node:test";

import { BrowserEngine, explainError } from "../../../query_ui/frontend/edition/browser-engine.js";

const REQUEST = { query: "ASK {}", defaultGraphs: [], namedGraphs: [] };

/** A worker that answers a query by `answer`; undefined is no answer at all. */
function createWorker(answer, made) {
  const worker = {
    postMessage({ kind }) {
      const data = kind === "load" ? { value: 7 } : answer();
      if (data) queueMicrotask(() => worker.onmessage?.({ data }));
    },
    terminate() { made.ended += 1; },
  };
  made.started += 1;
  return worker;
}

function createEngine(answer, mostSeconds = 30) {
  const made = { started: 0, ended: 0 };
  return [new BrowserEngine({}, { mostSeconds, createWorker: () => createWorker(answer, made) }), made];
}

test("the quads are loaded once for all queries", async () => {
  const [engine, made] = createEngine(() => ({ value: "yes" }));
  assert.equal(await engine.load(), 7);
  assert.deepEqual(await Promise.all([engine.run(REQUEST), engine.run(REQUEST)]), ["yes", "yes"]);
  assert.deepEqual(made, { started: 1, ended: 0 });
});

test("a query past its time ends the worker, and the next one has another", async () => {
  let answers = [undefined, { value: "yes" }];
  const [engine, made] = createEngine(() => answers.shift(), 0.02);
  await assert.rejects(engine.run(REQUEST), (error) => error.document.status === 504 && /was ended/.test(error.message));
  assert.equal(await engine.run(REQUEST), "yes");
  assert.deepEqual(made, { started: 2, ended: 1 });
});

test("a full memory ends the worker alone and says so", async () => {
  const answers = [{ error: "unreachable", isBroken: true }, { value: "yes" }];
  const [engine, made] = createEngine(() => answers.shift());
  await assert.rejects(engine.run(REQUEST), (error) => error.document.status === 507 && /more memory/.test(error.message));
  assert.equal(await engine.run(REQUEST), "yes");
  assert.deepEqual(made, { started: 2, ended: 1 });
});

test("a query that is stopped ends the worker", async () => {
  const [engine, made] = createEngine(() => undefined);
  const stop = new AbortController();
  const running = engine.run(REQUEST, stop.signal);
  setTimeout(() => stop.abort(), 5);
  await assert.rejects(running, { name: "AbortError" });
  assert.equal(made.ended, 1);
});

test("a mistake has its line and column, and SERVICE a sentence of its own", () => {
  const { document } = explainError({ error: 'error at 2:11: expected one of "$"' });
  assert.deepEqual([document.status, document.line, document.column], [400, 2, 11]);
  assert.match(explainError({ error: "The service <http://x/> is not supported" }).message, /asks another endpoint/);
});

test("a query that the engine would read wrongly is refused", async () => {
  const [engine, made] = createEngine(() => ({ value: "9" }));
  await assert.rejects(engine.run({ ...REQUEST, query: "SELECT (10 - 3 - 2 AS ?x) {}" }), /write brackets/);
  assert.equal(await engine.run({ ...REQUEST, query: "SELECT ((10 - 3) - 2 AS ?x) {}" }), "9");
  assert.deepEqual(made, { started: 1, ended: 0 });
});
