// A filtered list of a static edition: the page of the list with the filters of its address.

import { htmlElement, icon } from "../dom.js";
import { toPublicPath } from "../public-path.js";
import { fetchFile } from "./edition-files.js";
import { FilterError, countValues, filterItems, listFields, parseFilter, toKey, toggleValue } from "./list-filter.js";

const SHORT_LIST = 9;
const SHOWN_VALUES = 7;
const OPEN_PANELS = 3;
const words = (count) => count.toLocaleString("en-GB");

/** The form of a list whose entries can be ticked to compare them. */
function compareForm(items) {
  return htmlElement("form", { action: toPublicPath("/compare"), "aria-label": "Compare institutions" }, items,
    htmlElement("p", { class: "compare-bar" }, htmlElement("button", { class: "btn go", type: "submit" }, icon("grid"), "Compare"), " ", htmlElement("span", { class: "note" }, "Tick two to five institutions.")));
}

/** How many entries a page shows: what the address asks for, up to what a page of the list has. */
function parseSize(text, most) {
  const size = Number.parseInt(text ?? "", 10);
  return size > 0 && size < most ? size : most;
}

class ListPage {
  constructor(place, list) {
    Object.assign(this, { place, list });
    const fields = [...new URLSearchParams(location.search)];
    this.filter = parseFilter(list, fields);
    const asked = Object.fromEntries(fields);
    this.sort = list.orders[asked.sort] ? asked.sort : list.defaultSort;
    this.size = parseSize(asked.size, list.shown);
    this.page = Math.max(1, Number.parseInt(asked.page ?? "1", 10) || 1);
    this.found = filterItems(list, this.filter);
  }

  show() {
    const { list, found } = this;
    const noun = found.length === 1 ? list.single : list.noun;
    const nothing = { chosen: new Map(), every: new Set() };
    const count = (number, filter) => htmlElement("a", { class: "number", href: this.#queryAddress(filter) }, words(number));
    const heading = htmlElement("h2", { id: "results-heading", class: "total" }, count(found.length, this.filter), " of ", count(list.items.length, nothing), ` ${noun}`);
    const results = htmlElement("section", { id: "results", "aria-labelledby": "results-heading" },
      htmlElement("div", { class: "row between toolbar" }, heading,
        htmlElement("div", { class: "row" }, htmlElement("a", { class: "btn only-s", href: "#filters" }, icon("filter"), "Filters"), this.#sorts())),
      this.#find(), this.#chips(), this.#items());
    this.place.replaceChildren(this.#form(), results);
  }

  #find() {
    const field = htmlElement("input", { id: "find-here", type: "search", name: "q", form: "filters", maxlength: "200", placeholder: "Words in a title", value: this.filter.text });
    return htmlElement("p", { class: "row here", role: "search", "aria-label": "This list" }, htmlElement("label", { for: "find-here" }, "Find in this list"), field,
      htmlElement("button", { class: "btn", type: "submit", form: "filters" }, "Find"));
  }

  #address({ filter = this.filter, sort = this.sort, page = 1 } = {}) {
    const fields = listFields(this.list, filter);
    if (sort !== this.list.defaultSort) fields.push(["sort", sort]);
    if (this.size !== this.list.shown) fields.push(["size", this.size]);
    if (page > 1) fields.push(["page", page]);
    return `?${new URLSearchParams(fields)}`;
  }

  /** The address of the query that counts what a filter leaves. */
  #queryAddress(filter) {
    const [path, fields] = this.list.countAddress.split("?");
    const asked = new URLSearchParams([["page-query", path.split("/").at(-1)], ...new URLSearchParams(fields), ...listFields(this.list, filter)]);
    return `${toPublicPath("/sparql")}?${asked}`;
  }

  #sorts() {
    const links = this.list.sorts.map(([name, text]) =>
      htmlElement("li", {}, htmlElement("a", { href: this.#address({ sort: name }), "aria-current": name === this.sort ? "true" : null }, text)));
    return links.length > 1 ? htmlElement("nav", { "aria-label": "Sort by" }, htmlElement("ul", { class: "seg" }, links)) : null;
  }

  #chips() {
    const chips = this.list.facets.flatMap((facet) =>
      (this.filter.chosen.get(facet.name) ?? []).map((place) =>
        htmlElement("li", {}, htmlElement("a", { class: "chip on", href: this.#address({ filter: toggleValue(this.filter, facet.name, place) }) },
          htmlElement("span", { class: "vh" }, "Remove "), htmlElement("b", {}, facet.title), ` ${this.list.columns[facet.column].labels[place]}`, icon("x")))));
    if (this.filter.text) {
      chips.push(htmlElement("li", {}, htmlElement("a", { class: "chip on", href: this.#address({ filter: { ...this.filter, text: "" } }) },
        htmlElement("span", { class: "vh" }, "Remove "), htmlElement("b", {}, "In the title"), ` “${this.filter.text}”`, icon("x"))));
    }
    const clear = htmlElement("li", {}, htmlElement("a", { class: "small", href: this.list.href }, "Clear all filters"));
    return htmlElement("ul", { class: "chips active", "aria-label": "Active filters" }, chips, clear);
  }

  #items() {
    const { list, found, page, size } = this;
    if (!found.length) return htmlElement("p", { class: "notice" }, "No results match all filters. Remove a filter or clear all.");
    const inside = new Set(found);
    const order = list.orders[this.sort].filter((item) => inside.has(item));
    const first = (page - 1) * size;
    const cards = document.createElement("template");
    cards.innerHTML = order.slice(first, first + size).map((item) => list.items[item]).join("");
    const last = Math.min(first + size, found.length);
    const pages = Math.ceil(found.length / size);
    const pager = pages < 2 ? null : htmlElement("nav", { class: "pager", "aria-label": "Pages" },
      page > 1 ? htmlElement("a", { rel: "prev", href: this.#address({ page: page - 1 }) }, "Previous") : null,
      htmlElement("span", {}, `${words(first + 1)} to ${words(last)}, page ${page} of ${pages}`),
      page < pages ? htmlElement("a", { rel: "next", href: this.#address({ page: page + 1 }) }, "Next") : null);
    const items = htmlElement("ul", { class: "cards" }, cards.content);
    return [items.querySelector(".compare") ? compareForm(items) : items, pager];
  }

  #form() {
    const offered = this.list.facets.filter(({ offered: places, name }) => places.length || this.filter.chosen.has(name));
    const panels = offered.map((facet) => this.#panel(facet)).filter(Boolean);
    panels.forEach((panel, at) => { panel.open ||= at < OPEN_PANELS; });
    const sort = this.sort === this.list.defaultSort ? null : htmlElement("input", { type: "hidden", name: "sort", value: this.sort });
    return htmlElement("form", { class: "filters panel", id: "filters", method: "get", "aria-labelledby": "filters-heading" },
      htmlElement("div", { class: "row between" }, htmlElement("h2", { id: "filters-heading" }, "Filters"),
        htmlElement("a", { class: "btn quiet only-s", href: "#results" }, icon("x"), "Close")),
      sort, panels,
      htmlElement("button", { class: "btn go", type: "submit" }, "Show results"));
  }

  #panel(facet) {
    const { values, labels } = this.list.columns[facet.column];
    const counts = countValues(this.list, facet, this.filter);
    const selected = this.filter.chosen.get(facet.name) ?? [];
    const byCount = (one, two) => (counts.get(two) ?? 0) - (counts.get(one) ?? 0);
    const all = [...new Set([...facet.offered, ...selected])];
    const places = facet.isOrdered ? all : all.toSorted(byCount);
    if (!selected.length && !places.some((place) => counts.get(place) > 0 && counts.get(place) < this.found.length)) return null;
    const option = (place) => {
      const only = { ...this.filter, chosen: new Map([...this.filter.chosen, [facet.name, [place]]]) };
      const box = htmlElement("input", { type: "checkbox", name: facet.name, value: toKey(facet, values[place]), checked: selected.includes(place) });
      const count = counts.get(place) ?? 0;
      return htmlElement("div", { class: count ? "opt" : "opt zero" }, htmlElement("label", {}, box, labels[place]),
        count ? htmlElement("a", { class: "number", href: this.#address({ filter: only }) }, words(count)) : htmlElement("span", {}, "0"));
    };
    const frequent = places.toSorted(byCount);
    const isLong = places.length > SHORT_LIST;
    const shown = new Set(isLong ? [...frequent.filter((place) => counts.get(place)).slice(0, SHOWN_VALUES), ...selected] : places);
    const rest = places.filter((place) => !shown.has(place));
    return htmlElement("details", { class: "facet", open: selected.length > 0 }, htmlElement("summary", {}, facet.title, icon("chev")),
      htmlElement("fieldset", {}, htmlElement("legend", { class: "vh" }, facet.title),
        places.filter((place) => shown.has(place)).map(option),
        rest.length ? htmlElement("details", {}, htmlElement("summary", {}, `${words(rest.length)} more ${facet.plural}`), rest.map(option)) : null));
  }
}

const place = document.getElementById("filtered-list");
try {
  const list = await fetchFile(`lists/${place.dataset.list}.json`);
  new ListPage(place, { ...list, href: place.dataset.href }).show();
} catch (error) {
  if (!(error instanceof FilterError)) throw error;
  place.replaceChildren(htmlElement("p", { class: "notice", role: "alert" }, error.message, " ", htmlElement("a", { href: place.dataset.href }, "See the whole list.")));
}
