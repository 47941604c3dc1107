// Tabs and history of queries, in the storage of the browser: each tab under a key of its own, so
// that two windows do not overwrite one another.

const MOST_TABS = 20;
const MOST_ENTRIES = 100;
const MOST_CHARACTERS = 50_000;

/** A storage for where the browser has none, or allows none. */
function createMemory() {
  const kept = new Map();
  return {
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

function parse(text, otherwise) {
  try {
    return JSON.parse(text) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** The first line of a query that says something, as its name. */
export function summarise(query) {
  const lines = query.split("\n").map((line) => line.trim()).filter(Boolean);
  const comment = lines[0]?.startsWith("#") ? lines[0].replace(/^#+\s*/, "") : "";
  const text = comment || lines.find((line) => !/^(?:PREFIX|BASE|#)/i.test(line)) || "Empty query";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The tabs and the history of one browser; `name` keeps sites apart that share an origin. */
export class QueryStore {
  constructor(storage, name = "", clock = Date.now) {
    this.storage = storage ?? createMemory();
    this.prefix = `concordat-kg${name}`;
    this.clock = clock;
  }

  /** The tabs in the order in which they were made: { id, name, query }. */
  listTabs() {
    const keys = Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at));
    return keys
      .filter((key) => key?.startsWith(`${this.prefix}.tab.`))
      .map((key) => parse(this.storage.getItem(key), null))
      .filter((tab) => typeof tab?.query === "string" && tab.id)
      .sort((one, two) => one.made - two.made || (one.id < two.id ? -1 : 1));
  }

  /** A new tab; beyond the limit the oldest goes to the history. */
  createTab(query, name = "") {
    const tabs = this.listTabs();
    if (tabs.length >= MOST_TABS) this.closeTab(tabs[0].id);
    const used = new Set(tabs.map((tab) => tab.name));
    let number = 1;
    while (used.has(`Query ${number}`)) number += 1;
    const made = this.clock();
    const id = `${made}-${Math.random().toString(36).slice(2, 8)}`;
    const tab = { id, name: name || `Query ${number}`, query, made };
    this.saveTab(tab);
    return tab;
  }

  /** Keeps a tab as it is; gives whether there was room. */
  saveTab(tab) {
    if (tab.query.length > MOST_CHARACTERS) return false;
    return this.#write(`tab.${tab.id}`, tab);
  }

  /** Takes a tab away; its query stays in the history. */
  closeTab(id) {
    const tab = this.listTabs().find((one) => one.id === id);
    if (!tab) return;
    this.addToHistory(tab.query, "closed");
    this.storage.removeItem(`${this.prefix}.tab.${id}`);
  }

  /** The queries that ran or were closed, the newest first: { query, time, result }. */
  listHistory() {
    const found = parse(this.storage.getItem(`${this.prefix}.history`), []);
    return Array.isArray(found) ? found : [];
  }

  /** Puts a query first in the history, with what came of it; the same query is there once. */
  addToHistory(query, result) {
    if (!query.trim() || query.length > MOST_CHARACTERS) return;
    const others = this.listHistory().filter((entry) => entry.query !== query);
    const entries = [{ query, result, time: this.clock() }, ...others].slice(0, MOST_ENTRIES);
    while (!this.#write("history", entries) && entries.length > 1) entries.length = Math.ceil(entries.length / 2);
  }

  clearHistory() {
    this.storage.removeItem(`${this.prefix}.history`);
  }

  #write(key, value) {
    try {
      this.storage.setItem(`${this.prefix}.${key}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}

/** The storage of this browser, or null where it is not allowed. */
export function findStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
