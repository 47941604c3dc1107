// The base path of the site, which the page has on its root element where the site is not at /.

/** The address of a path of the site such as "/sparql", under the base path of this page. */
export function toPublicPath(path) {
  return `${globalThis.document?.documentElement.dataset.basePath ?? ""}${path}`;
}
