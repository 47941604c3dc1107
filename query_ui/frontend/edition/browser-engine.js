// The engine as the pages see it: one query at a time, ended when it takes too long or too much.

import { EndpointError } from "../request.js";
import { hasOperatorChain } from "./operator-order.js";

export const MOST_SECONDS = 30;
const LOADING_SECONDS = 120;
const MEMORY_WORDS =
  "The query needed more memory than the browser gives to it. Ask for less, for example with LIMIT, or run the service on your own machine.";
const CHAIN_WORDS =
  "This query subtracts or divides several times in a row without brackets. The engine of this edition would compute that in the wrong order, so write brackets, as in (?a - ?b) - ?c.";
const SYNTAX = /^error at (\d+):(\d+): (?:expected )?/;

function toProblem(status, title, detail, more = {}) {
  return new EndpointError({ status, title, detail, ...more });
}

/** What the message of the engine means to somebody who wrote a query. */
export function explainError({ error, isBroken }) {
  if (isBroken) return toProblem(507, "Out of memory", MEMORY_WORDS);
  const place = SYNTAX.exec(error);
  if (place) {
    const [line, column] = place.slice(1).map(Number);
    const detail = `The query cannot be read from line ${line}, column ${column} on.`;
    return toProblem(400, "Invalid query", detail, { line, column });
  }
  if (/service <.*> is not supported/.test(error)) {
    const detail = "This query asks another endpoint (SERVICE), which a static edition cannot do. Run the service on your own machine.";
    return toProblem(400, "SERVICE is not available", detail);
  }
  return toProblem(400, "The query failed", error);
}

/** Oxigraph in a worker; `files` has the addresses of the worker, the engine and the quads. */
export class BrowserEngine {
  constructor(files, { mostSeconds = MOST_SECONDS, createWorker = (address) => new Worker(address, { type: "module" }) } = {}) {
    Object.assign(this, { files, mostSeconds, createWorker, turn: Promise.resolve() });
  }

  /** Loads the quads, once; gives their number. */
  load() {
    this.size ??= this.#start();
    return this.size;
  }

  /** The result of a query with its media type; EndpointError, or AbortError when `signal` says so. */
  run(request, signal) {
    const result = this.turn.then(() => this.#run(request, signal));
    this.turn = result.catch(() => {});
    return result;
  }

  async #start() {
    this.worker = this.createWorker(this.files.worker);
    try {
      const { engine, quads } = this.files;
      return await this.#ask({ kind: "load", engine, quads }, LOADING_SECONDS);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async #run(request, signal) {
    signal?.throwIfAborted();
    if (hasOperatorChain(request.query)) throw toProblem(501, "Brackets are needed", CHAIN_WORDS);
    await this.load();
    return this.#ask({ kind: "query", ...request }, this.mostSeconds, signal);
  }

  /** Ends the worker with all that it holds; the next query starts another. */
  #end() {
    this.worker?.terminate();
    this.worker = this.size = undefined;
  }

  #ask(message, seconds, signal) {
    const { worker } = this;
    return new Promise((resolve, reject) => {
      const settle = (settled, value) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
        worker.onmessage = worker.onerror = null;
        settled(value);
      };
      const fail = (problem) => {
        this.#end();
        settle(reject, problem);
      };
      const stop = () => fail(signal.reason);
      const timer = setTimeout(
        () => fail(toProblem(504, "Out of time", `The query took more than ${seconds} seconds and was ended. Ask for less, or run the service on your own machine.`)),
        seconds * 1000,
      );
      signal?.addEventListener("abort", stop);
      worker.onmessage = ({ data }) => {
        if (data.isBroken) fail(explainError(data));
        else if ("error" in data) settle(reject, explainError(data));
        else settle(resolve, data.value);
      };
      worker.onerror = (event) => {
        event.preventDefault?.();
        fail(explainError({ error: event.message ?? "", isBroken: true }));
      };
      worker.postMessage(message);
    });
  }
}
