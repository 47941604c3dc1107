// The base path of the site, which the page has on its root element where the site is not at /.

const IS_FILE = /\.\w+(?:#|$)/;

/**
 * The address of a path of the site such as "/sparql", under the base path of this page. Pages of a
 * static edition are files, and their base path is relative.
 */
export function toPublicPath(path) {
  const { basePath = "", edition } = globalThis.document?.documentElement.dataset ?? {};
  const file = edition === undefined || !path || IS_FILE.test(path) ? path : `${path}/index.html`;
  return `${basePath}${file}`;
}
