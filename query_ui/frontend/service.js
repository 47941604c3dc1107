// Requests to the service of this site; in a static edition the browser answers them itself.

import { toPublicPath } from "./public-path.js";

let answer = (path, options) => fetch(toPublicPath(path), options);
let served = true;

/** The response to a request for a path of the site, as `fetch` gives it. */
export const callService = (path, options) => answer(path, options);

/** Whether a server answers, so that its addresses can be passed on. */
export const hasService = () => served;

/** Takes `replacement`, called like `fetch` with paths of the site, instead of the server. */
export function replaceService(replacement) {
  answer = replacement;
  served = false;
}
