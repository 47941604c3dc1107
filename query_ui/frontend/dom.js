// Elements of the page, made in one call: element("p", { class: "note" }, "Text", child).

import { toPublicPath } from "./public-path.js";

const NAMESPACE = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** An HTML element; an attribute that begins with "on" is a listener. */
export function htmlElement(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svgElement(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(NAMESPACE, tag), attributes, children);
}

/** A button that does something and sends no form. */
export function button(text, onclick, attributes = {}) {
  return htmlElement("button", { type: "button", class: "btn", ...attributes, onclick }, text);
}

/** An icon of the site, which says nothing to a screen reader. */
export function icon(name) {
  const href = `${toPublicPath("/static/icons.svg")}#i-${name}`;
  return svgElement("svg", { class: "i", viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, svgElement("use", { href }));
}

/** Saves a file of this page under a name. */
export function saveFile(blob, name) {
  const link = htmlElement("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A label with its choice among [value, text] pairs. */
export function choice(id, label, options, chosen, onchange) {
  const items = options.map(([value, text]) =>
    htmlElement("option", { value, selected: value === chosen }, text),
  );
  const field = htmlElement("select", { id, onchange: (event) => onchange(event.target.value) }, items);
  return htmlElement("span", { class: "choice" }, htmlElement("label", { for: id }, label), field);
}
