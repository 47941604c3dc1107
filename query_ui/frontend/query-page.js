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
import { toPublicPath } from "./public-path.js";
import { buildQueryUrl, parseHash, fetchPermalink } from "./query-url.js";
import { QueryStore, findStorage } from "./query-store.js";
import { QueryTabs } from "./query-tabs.js";
import { describeSize, showAnswer } from "./result-view.js";
import { createSchemaPanel } from "./side-panel.js";
import { addMissingPrefixes, addSide, createFullScreenButton, declarePrefix } from "./workbench.js";

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
    this.store = new QueryStore(findStorage(), toPublicPath(""));
    this.tabs = new QueryTabs(this.store, (query) => this.#setText(query));
    this.#addControls();
    this.box.on("changes", () => this.#keep());
    hintWhileTyping(this.box, () => this.known);
    window.addEventListener("hashchange", () => this.#fromHash());
    form.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  /** Fetches what the editor completes with; shows the query of the address, or the last tab. */
  async open(problem, answer) {
    const written = this.box.getValue();
    const last = this.store.listTabs().at(-1);
    const isExample = !problem && !answer && !new URLSearchParams(location.search).has("query");
    if (isExample && last) this.tabs.select(last);
    else this.tabs.open(written);
    this.#fromHash();
    if (problem) this.#showProblem(problem);
    if (answer) await this.#show({ ...answer, question: this.question });
    this.known = await fetchEditorData();
    if (this.known.queries.length) {
      this.tabs.node.before(createSavedQueryMenu(this.known.queries, (text, title) => this.#openTab(text, title)));
    }
    if (this.known.terms.length) this.side.prepend(...createSchemaPanel(this.known, (text) => this.#insert(text)));
    this.form.dataset.ready = "";
  }

  /** Takes what the server said of a problem to where the answer will be. */
  #showProblem(problem) {
    document.getElementById("problem").remove();
    document.querySelector("h1").textContent = "Query editor";
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
    const prefixes = button("Add prefixes", () => this.#tell(addMissingPrefixes(this.box, this.known.prefixes)));
    this.form.querySelector(".commands").append(prefixes, createFullScreenButton(this.box));
    this.form.prepend(this.tabs.node);
    this.form.append(this.status, createShortcutList());
    this.side = addSide(this.form, this.store, (query) => this.#openTab(query));
  }

  /** Keeps what is written with each change, so that leaving the page loses nothing. */
  #keep() {
    if (this.isOpening) return;
    if (!this.tabs.keep(this.box.getValue())) this.#tell("This browser has no room to keep the query: it is lost when you leave the page.");
  }

  #openTab(query, name = "") {
    this.tabs.open(query.trimEnd(), name);
    this.box.focus();
  }

  #setText(query) {
    this.isOpening = true;
    if (this.box.getValue() !== query) this.box.setValue(query);
    this.isOpening = false;
  }

  /** Writes a name at the cursor, with the prefix that it needs. */
  #insert(text) {
    this.box.replaceSelection(text);
    declarePrefix(this.box, this.known.prefixes, text);
    this.box.focus();
  }

  #onSubmit(event) {
    const format = this.form.elements.namedItem("format");
    if (/\/(q|cite)$/.test(event.submitter?.formAction ?? "") || format?.value) return;
    event.preventDefault();
    this.run();
  }

  /** Runs the query in the box; one that still runs is stopped. */
  async run() {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const { question } = this;
    this.#busy(true);
    try {
      const answer = await sendQuery(question, running.signal);
      this.store.addToHistory(question.query, describeSize(answer));
      history.replaceState(null, "", `${buildQueryUrl(question)}${location.hash}`);
      await this.#show(answer);
    } catch (error) {
      if (this.running !== running) return;
      if (error.name !== "AbortError") this.store.addToHistory(question.query, "error");
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
      : { title: "No response", detail: `${error.message}. Is the server still running?` };
    this.place.replaceChildren(createProblemNotice(this.box, problem, (text) => this.#apply(text)));
    return this.#tell("");
  }

  #busy(is) {
    this.stop.hidden = !is;
    this.form.setAttribute("aria-busy", String(is));
    if (is) this.#tell("Running …");
  }

  #tell(text) { this.status.textContent = text; }

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
    else if (found) this.tabs.open(found.query);
  }

  async #share(event) {
    event.preventDefault();
    try {
      const view = parseHash(location.hash) ? "" : location.hash;
      const address = `${await fetchPermalink(this.question)}${view}`;
      const done = await copy(address);
      this.status.replaceChildren(
        done ? "Share link, copied: " : "Share link: ",
        htmlElement("a", { href: address }, address),
      );
    } catch (error) {
      this.#tell(error.message);
    }
  }
}
