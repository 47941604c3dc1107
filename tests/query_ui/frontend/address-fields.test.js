// The page of a static edition that answers the fields of an address.

import assert from "node:assert/strict";
import { test } from "node:test";

import { findAnsweringPage } from "../../../query_ui/frontend/edition/address-fields.js";

test("fields lead to the page that answers them, without those that only track a reader", () => {
  assert.equal(findAnsweringPage("?q=leeds&keyword=a&keyword=b&utm_source=x", "filter/index.html"), "filter/index.html?q=leeds&keyword=a&keyword=b");
  assert.equal(findAnsweringPage("?q=a%26b", "values/index.html"), "values/index.html?q=a%26b");
});

test("an address without fields that count stays where it is", () => {
  for (const query of ["", "?", "?utm_source=x&fbclid=1"]) assert.equal(findAnsweringPage(query, "filter/index.html"), null);
});
