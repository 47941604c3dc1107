// The tabs above the editor: one query each, kept in the browser.

import { button, htmlElement } from "./dom.js";

/** The bar of tabs of one editor; `show` puts the query of a tab into the box. */
export class QueryTabs {
  constructor(store, show) {
    Object.assign(this, { store, show, current: null });
    this.list = htmlElement("ul", { class: "seg" });
    this.name = htmlElement("input", {
      id: "tab-name", type: "text", maxlength: 60, hidden: true,
      onchange: () => this.#rename(),
      onblur: () => this.#rename(),
      onkeydown: (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        this.#rename();
      },
    });
    this.name.setAttribute("aria-label", "Name of the tab");
    this.node = htmlElement(
      "div",
      { class: "row tabs" },
      htmlElement("nav", { "aria-label": "Query tabs" }, this.list),
      this.name,
      button("New tab", () => this.open("")),
      button("Rename", () => this.#edit()),
      button("Close tab", () => this.close()),
    );
  }

  /** Opens a query: in its own tab if there is one, in a blank one, or in a new one. */
  open(query, name = "") {
    const tabs = this.store.listTabs();
    const same = query.trim() && tabs.find((tab) => tab.query.trim() === query.trim());
    if (same) return this.select(same);
    if (this.current && !this.current.query.trim() && query.trim()) {
      Object.assign(this.current, { query, name: name || this.current.name });
      this.store.saveTab(this.current);
      return this.select(this.current);
    }
    return this.select(this.store.createTab(query, name));
  }

  select(tab) {
    this.current = tab;
    this.#list();
    this.show(tab.query);
  }

  /** Keeps what is written now. */
  keep(query) {
    if (!this.current || this.current.query === query) return true;
    this.current.query = query;
    return this.store.saveTab(this.current);
  }

  close() {
    const at = this.store.listTabs().findIndex(({ id }) => id === this.current.id);
    this.store.closeTab(this.current.id);
    const left = this.store.listTabs();
    this.current = null;
    if (left.length) this.select(left[Math.max(0, Math.min(at, left.length - 1))]);
    else this.open("");
  }

  #list() {
    const tabs = this.store.listTabs();
    this.list.replaceChildren(
      ...tabs.map((tab) => {
        const press = htmlElement("button", { type: "button", title: tab.name, onclick: () => this.select(tab) }, tab.name);
        if (tab.id === this.current.id) press.setAttribute("aria-current", "true");
        return htmlElement("li", {}, press);
      }),
    );
    this.list.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest" });
  }

  #edit() {
    this.name.value = this.current.name;
    this.name.hidden = false;
    this.name.select();
  }

  #rename() {
    if (this.name.hidden) return;
    this.name.hidden = true;
    this.current.name = this.name.value.trim() || this.current.name;
    this.store.saveTab(this.current);
    this.#list();
  }
}
