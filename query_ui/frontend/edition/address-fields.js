// A page of a static edition whose address has fields leads on to the page that answers them.

const TRACKING = /^(?:utm_|fbclid|gclid)/;

/** The address of the page for the fields of a query string; null where it has none that count. */
export function findAnsweringPage(query, page) {
  const fields = [...new URLSearchParams(query)].filter(([name]) => !TRACKING.test(name));
  return fields.length ? `${page}?${new URLSearchParams(fields)}` : null;
}

const page = globalThis.document?.querySelector("meta[name=answering-page]")?.content;
const address = page && findAnsweringPage(location.search, page);
if (address) location.replace(address);
