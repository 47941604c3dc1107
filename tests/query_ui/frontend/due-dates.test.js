// What falls due in a period, as a static edition selects it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DueError, addYears, describeTime, findLastDay, listTimes, parseDueFields, selectDuties } from "../../../query_ui/frontend/edition/due-dates.js";

const build = (given) => ({ slug: "leeds", institution: ["Leeds", ""], rule: ["Report", ""], registerSlug: "concordat", register: ["Concordat", ""], digits: 10, every: 0, ...given });
const once = build({ first: "2024-02-01", last: "2024-02-29", digits: 7 });
const yearly = build({ first: "2024-02-29", last: "2024-02-29", every: 1 });
const other = build({ slug: "york", institution: ["York", ""], registerSlug: "charter", first: "2027-01-01", last: "2027-12-31", digits: 4 });
const forAll = build({ slug: "", institution: ["", ""], first: "2028-11-30", last: "2028-11-30" });
const data = { dates: [once, yearly, other, forAll], unknown: [build({ first: "", last: "" })], groups: { n8: ["york"] }, mostTimes: 100 };
const select = (filter) => selectDuties(data, filter).dates.map(({ slug, first }) => `${slug} ${first}`);

test("a year and a month last until their last day", () => {
  assert.deepEqual(["2023", "2024-02", "2023-02", "2024-04-05"].map(findLastDay), ["2023-12-31", "2024-02-29", "2023-02-28", "2024-04-05"]);
});

test("29 February becomes 28 in a year without it, and is 29 again in the next that has it", () => {
  assert.deepEqual([1, 4].map((years) => addYears("2024-02-29", years)), ["2025-02-28", "2028-02-29"]);
  assert.equal(addYears("2024", 3), "2027");
});

test("what falls due again is listed at its next time, and each time in a period with an end", () => {
  assert.deepEqual(listTimes(yearly, "2026-11-30", "", 100).map(({ first }) => first), ["2027-02-28"]);
  assert.deepEqual(listTimes(yearly, "2025-01-01", "2027-12-31", 100).map(({ first }) => first), ["2025-02-28", "2026-02-28", "2027-02-28"]);
  assert.equal(listTimes(yearly, "2024-01-01", "2999-01-01", 100).length, 100);
  assert.deepEqual(listTimes(once, "2030-01-01", "", 100), [once]);
});

test("institution, register, group and period narrow the list, and one day for all is for each", () => {
  assert.deepEqual(select({ from: "2026-11-30" }), ["york 2027-01-01", "leeds 2027-02-28", " 2028-11-30"]);
  assert.deepEqual(select({ from: "2026-11-30", slug: "york" }), ["york 2027-01-01", " 2028-11-30"]);
  assert.deepEqual(select({ from: "2026-11-30", group: "n8" }), ["york 2027-01-01", " 2028-11-30"]);
  assert.deepEqual(select({ from: "2026-11-30", register: "charter" }), ["york 2027-01-01"]);
  assert.deepEqual(select({ from: "2024-02-29", to: "2024-03-01" }), ["leeds 2024-02-01", "leeds 2024-02-29"]);
  assert.equal(selectDuties(data, { from: "2026-11-30", slug: "york" }).unknown.length, 0);
  assert.throws(() => select({ from: "2026-11-30", group: "n9" }), DueError);
});

test("a date is told as precisely as the one that it counts from", () => {
  assert.deepEqual([once, yearly, other, { ...other, last: "2028-12-31" }].map(describeTime), ["Feb 2024", "Feb 2024", "2027", "2027 to 2028"]);
});

test("a period begins on the day of the reader, and what is no day is told", () => {
  assert.deepEqual(parseDueFields([["register", "charter"], ["utm_source", "x"]], "2026-11-30"), { register: "charter", from: "2026-11-30", page: 1 });
  for (const field of [["from", "tomorrow"], ["to", "2027-02-30"], ["page", "0"], ["colour", "red"]]) {
    assert.throws(() => parseDueFields([field], "2026-11-30"), DueError);
  }
});
