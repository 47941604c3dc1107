// The query page: the box, its buttons, and what comes back.

import { EndpointError, sendQuery } from "./request.js";
import { createEditor } from "./code-editor.js";
import { copy } from "./snippet-panel.js";
import { button, htmlElement } from "./dom.js";
import { hintWhileTyping, showHints } from "./completion-list.js";
import { createShortcutList } from "./shortcuts.js";
import { fetchEditorData } from "./editor-data.js";
import { createProblemNotice } from "./problem-notice.js";
import { createSavedQueryMenu } from "./saved-query-menu.js";
import { buildQueryUrl, parseHash, fetchPermalink } from "./query-url.js";
import { showAnswer } from "./result-view.js";

const NONE = { terms: [], prefixes: {}, queries: [] };

/** The editor of one form; the form works without it too. */
export class QueryPage {
  constructor(form) {
    this.form = form;
    this.known = NONE;
    this.box = createEditor(form.elements.namedItem("query"), this.#keys());
    this.status = htmlElement("p", { class: "status", role: "status" });
    this.submit = form.querySelector("button[type=submit]");
    this.stop = button("Stop", () => this.running?.abort(), { hidden: true });
    this.place = document.getElementById("answer");
    this.#addControls();
    hintWhileTyping(this.box, () => this.known);
    window.addEventListener("hashchange", () => this.#fromHash());
    form.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  /** Fetches what the editor completes with; shows what the address or the page asks for. */
  async open(problem, answer) {
    this.#fromHash();
    if (problem) this.#showProblem(problem);
    if (answer) await this.#show({ ...answer, question: this.question });
    this.known = await fetchEditorData();
    if (this.known.queries.length) {
      this.form.before(createSavedQueryMenu(this.known.queries, (text) => this.#put(text)));
    }
    this.form.dataset.ready = "";
  }

  /** Takes what the server said of a problem to where the answer will be. */
  #showProblem(problem) {
    document.getElementById("problem").remove();
    document.querySelector("h1").textContent = "SPARQL";
    this.form.parentElement.querySelector("form:not(.editor)")?.remove();
    this.place.replaceChildren(createProblemNotice(this.box, problem, (text) => this.#apply(text)));
  }

  /** The query and its dataset as they stand in the form. */
  get question() {
    const values = (name) => new FormData(this.form).getAll(name).filter(Boolean);
    return {
      query: this.box.getValue(),
      defaultGraphs: values("default-graph-uri"),
      namedGraphs: values("named-graph-uri"),
    };
  }

  #keys() {
    const run = () => this.run();
    const complete = () => showHints(this.box, this.known);
    const leave = () => this.submit.focus();
    return { "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-Space": complete, Esc: leave };
  }

  #addControls() {
    this.submit.after(this.stop);
    const share = this.form.querySelector("button[formaction$='/q']");
    share?.addEventListener("click", (event) => this.#share(event));
    this.form.append(createShortcutList(), this.status);
  }

  #onSubmit(event) {
    const format = this.form.elements.namedItem("format");
    if (event.submitter?.formAction.endsWith("/q") || format?.value) return;
    event.preventDefault();
    this.run();
  }

  /** Asks what stands in the box; what was asked before is stopped. */
  async run() {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const { question } = this;
    this.#busy(true);
    try {
      const answer = await sendQuery(question, running.signal);
      history.replaceState(null, "", buildQueryUrl(question));
      await this.#show(answer);
    } catch (error) {
      if (this.running !== running) return;
      this.#showError(error);
    } finally {
      if (this.running === running) this.#busy(false);
    }
  }

  async #show(answer) {
    const tell = (text) => this.#tell(text);
    await showAnswer(this.place, answer, { tell, apply: (text) => this.#apply(text) });
  }

  #showError(error) {
    if (error.name === "AbortError") return this.#tell("Stopped.");
    const problem = error instanceof EndpointError
      ? error.document
      : { title: "No answer came", detail: `${error.message}. Is the server still running?` };
    this.place.replaceChildren(createProblemNotice(this.box, problem, (text) => this.#apply(text)));
    return this.#tell("");
  }

  #busy(is) {
    this.stop.hidden = !is;
    this.form.setAttribute("aria-busy", String(is));
    if (is) this.#tell("Asking …");
  }

  #tell(text) {
    this.status.textContent = text;
  }

  #put(text) {
    this.box.operation(() => this.box.setValue(text.trimEnd()));
    this.box.focus();
  }

  #apply(text) {
    this.#put(text);
    this.run();
  }

  #fromHash() {
    const found = parseHash(location.hash);
    if (found?.defaultGraphs.length || found?.namedGraphs.length) location.replace(buildQueryUrl(found));
    else if (found) this.box.setValue(found.query);
  }

  async #share(event) {
    event.preventDefault();
    try {
      const address = await fetchPermalink(this.question);
      const done = await copy(address);
      this.status.replaceChildren(
        done ? "Short address, copied: " : "Short address: ",
        htmlElement("a", { href: address }, address),
      );
    } catch (error) {
      this.#tell(error.message);
    }
  }
}
