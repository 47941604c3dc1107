// What falls due in a period, as the service selects it: by institution, register and group.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LAST_YEAR = 9999;
const FIELDS = ["organisation", "group", "register", "from", "to", "page"];

/** A field or a value of an address that due dates do not have. */
export class DueError extends Error {}

/** The fields of an address, of which each counts once; DueError for what is no filter or no day. */
export function parseDueFields(fields, today) {
  const found = {};
  for (const [name, text] of fields) {
    if (FIELDS.includes(name)) found[name] ??= text.trim();
    else if (!name.startsWith("utm_")) throw new DueError(`“${name}” is no filter of due dates. Filters: ${FIELDS.join(", ")}.`);
  }
  for (const name of ["from", "to"]) {
    if (found[name] && !isDay(found[name])) throw new DueError(`${name} is “${found[name]}”; write a day such as 2028-01-31.`);
  }
  const page = found.page || "1";
  if (!/^[1-9]\d{0,5}$/.test(page)) throw new DueError(`page is “${page}”; write a whole number from 1.`);
  return { ...found, from: found.from || today, page: Number(page) };
}

function isDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The last day of a year, a month or a day. */
export function findLastDay(text) {
  const [year, month = 12, day] = text.slice(0, 10).split("-").map(Number);
  const last = day ?? new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(last).padStart(2, "0")}`;
}

/** A date some years later; 29 February becomes 28 in a year without it. */
export function addYears(text, years) {
  const year = String(Number(text.slice(0, 4)) + years).padStart(4, "0");
  const moved = year + text.slice(4);
  return moved.slice(4, 10) === "-02-29" && findLastDay(`${year}-02`).endsWith("28") ? `${moved.slice(0, 8)}28` : moved;
}

/** The next time that a duty is due from a day on, and each time until an end where there is one. */
export function listTimes(due, start, end, mostTimes) {
  if (!due.every) return [due];
  const times = [];
  const lastYears = LAST_YEAR - Number(due.last.slice(0, 4));
  for (let time = 0; time < mostTimes && time * due.every <= lastYears; time += 1) {
    const moved = { ...due, first: addYears(due.first, time * due.every), last: addYears(due.last, time * due.every) };
    if (end && moved.first > end) break;
    if (findLastDay(moved.last) < start) continue;
    times.push(moved);
    if (!end) break;
  }
  return times;
}

/** A year, month or day in words, such as Feb 2028. */
export function formatDate(text) {
  const [year, month] = text.split("-");
  return month ? `${MONTHS[Number(month) - 1]} ${year}` : year;
}

/** When a duty is due in words, as precise as the date that it counts from. */
export function describeTime({ first, last, digits }) {
  const [begin, end] = [first, last].map((day) => formatDate(day.slice(0, digits)));
  return begin === end ? begin : `${begin} to ${end}`;
}

/** What is due, and what has no date, for the institution, group, register and days of a filter. */
export function selectDuties({ dates, unknown, groups, mostTimes }, { slug, group, register, from, to }) {
  if (group && !(group in groups)) throw new DueError(`There is no group “${group}”. Groups are: ${Object.keys(groups).join(", ") || "none"}.`);
  const members = group ? new Set(groups[group]) : undefined;
  const concerns = (due) => !((slug && due.slug && due.slug !== slug) || (members && due.slug && !members.has(due.slug)))
    && (!register || due.registerSlug === register);
  const order = (one, two) => compare(one.first, two.first) || compare(one.institution[0], two.institution[0]) || compare(one.rule[0], two.rule[0]);
  const isInside = (due) => findLastDay(due.last) >= from && (!to || due.first <= to);
  return {
    dates: dates.filter(concerns).flatMap((due) => listTimes(due, from, to, mostTimes)).filter(isInside).toSorted(order),
    unknown: unknown.filter(concerns),
  };
}

const compare = (one, two) => (one < two ? -1 : one > two ? 1 : 0);
