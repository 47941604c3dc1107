// What the things in an answer are called, and where their pages are: asked for as they are shown.

import { callService } from "./service.js";

const AT_ONCE = 500;
const MOST = 5000;

/** The names that have been asked for so far. */
export class EntityLabels {
  constructor() {
    this.known = new Map();
  }

  /** { label, short, href, outside } of an IRI; before it is known, the IRI itself. */
  of(iri) {
    return this.known.get(iri) ?? { label: "", short: iri, href: "" };
  }

  /** The text that stands for a term: a label where there is one. */
  text(term) {
    if (term === null) return "";
    if (term.type !== "iri") return term.type === "blank" ? `_:${term.value}` : term.value;
    const { label, short } = this.of(term.value);
    return label || short;
  }

  /**
   * Learns the names of all IRIs in some rows, so long as these are not too many; gives whether
   * they are all known. Without names a table still is right.
   */
  async learn(rows) {
    const iris = new Set();
    for (const term of rows.flat()) {
      if (term?.type === "iri" && !this.known.has(term.value)) iris.add(term.value);
      if (term?.datatype && !this.known.has(term.datatype)) iris.add(term.datatype);
    }
    if (iris.size > MOST) return false;
    const list = [...iris];
    for (let at = 0; at < list.length; at += AT_ONCE) await this.#fetch(list.slice(at, at + AT_ONCE));
    return true;
  }

  async #fetch(iris) {
    const response = await callService("/sparql/names", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ iris }),
    }).catch(() => null);
    if (!response?.ok) return;
    for (const [iri, name] of Object.entries((await response.json()).names)) {
      this.known.set(iri, name);
    }
  }
}
