// Full-text search over the documents of a static edition.
// https://lucaong.github.io/minisearch/

import MiniSearch from "minisearch";

const FIELDS = ["name", "other", "tags", "text"];
const BOOST = { name: 8, other: 4, tags: 2 };
const FEW_HITS = 10; // with fewer, documents without words such as "the" are added, as in the service
const IDENTIFIER = /^(?:https?:\/\/\S*\/)?([\w.-]{4,})\/?$/;

/** Lower case without accents, as the service compares words. */
export const foldText = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** An index of documents: { name, other, tags, text, kind, path, identifiers }. */
export class DocumentSearch {
  /** `stopWords` are words such as "the", which are left out where few documents have every word. */
  constructor(documents, stopWords = []) {
    this.documents = documents;
    this.stopWords = new Set(stopWords);
    this.index = new MiniSearch({ fields: FIELDS, processTerm: foldText });
    this.index.addAll(documents.map((document, id) => ({ ...document, id })));
    this.byIdentifier = new Map(documents.flatMap((document) => (document.identifiers ?? []).map((text) => [foldText(text), document])));
  }

  /** The document with an identifier, written alone or at the end of an address; or undefined. */
  findByIdentifier(text) {
    const end = IDENTIFIER.exec(text.trim())?.[1];
    return end && this.byIdentifier.get(foldText(end));
  }

  /**
   * The documents with all words of a text, the best first; `how` is "all", "telling" where some
   * or all lack stop words, or "similar" where only other spellings or a part of the words gave a
   * result, or "" for none. `whole` is the number of "telling" ones with every word, which come first.
   */
  search(text) {
    const options = { boost: BOOST, prefix: (term) => term.length > 2, combineWith: "AND" };
    const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    const telling = words.filter((word) => !this.stopWords.has(foldText(word))).join(" ") || text;
    const fuzzy = { ...options, fuzzy: 0.2 };
    const ways = [["all", text, options], ["similar", text, fuzzy], ["similar", telling, fuzzy], ["similar", telling, { ...fuzzy, combineWith: "OR" }]];
    for (const [how, wanted, way] of ways) {
      const hits = this.index.search(wanted, way);
      if (how === "all" && telling !== text && this.isFew(hits, words)) {
        const found = new Set(hits.map(({ id }) => id));
        const others = this.index.search(telling, options).filter(({ id }) => !found.has(id));
        if (others.length) return this.result("telling", [...hits, ...others], hits.length);
      }
      if (hits.length) return this.result(how, hits);
    }
    return this.result("", []);
  }

  /** Whether few documents were found, and none is called by these words. */
  isFew(hits, words) {
    const name = foldText(words.join(" "));
    return hits.length < FEW_HITS && !hits.some(({ id }) => foldText(this.documents[id].name) === name);
  }

  result(how, hits, whole = 0) {
    return { how, whole, hits: hits.map(({ id, terms }) => ({ document: this.documents[id], terms })) };
  }
}

/** A part of a text around the first of some words, as [text, whether it is one of them] pairs. */
export function cutSnippet(text, terms, length = 220) {
  const folded = foldText(text);
  const places = terms.map((term) => folded.indexOf(term)).filter((place) => place >= 0);
  const start = places.length ? Math.max(0, Math.min(...places) - 60) : 0;
  const part = text.slice(start, start + length);
  const pieces = part.split(/([\p{L}\p{N}]+)/u).filter(Boolean).map((piece) => [piece, terms.some((term) => foldText(piece) === term)]);
  return [...(start ? [["… ", false]] : []), ...pieces, ...(start + length < text.length ? [[" …", false]] : [])];
}
