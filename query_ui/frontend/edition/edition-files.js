// The files that only a static edition has, as its scripts read them.

import { toPublicPath } from "../public-path.js";

const files = new Map();

/** The complete address of a path of the site. */
export const locate = (path) => new URL(toPublicPath(path), document.baseURI).href;

/** The JSON of a file of the edition, fetched once. */
export function fetchFile(name) {
  const address = locate(`/static-edition/${name}`);
  if (!files.has(address)) {
    files.set(address, fetch(address).then((response) => {
      if (!response.ok) throw new Error(`${name} could not be loaded: ${response.status}.`);
      return response.json();
    }));
  }
  return files.get(address);
}
