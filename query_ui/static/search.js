// The search box as a combobox: it suggests things while somebody types.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
const form = document.querySelector("form.find");
const box = form.querySelector("input");
const list = document.createElement("ul");
const said = document.createElement("p");
let items = [];
let chosen = -1;
let asked = 0;
let waiting;

list.id = "suggestions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
list.hidden = true;
said.className = "vh";
said.setAttribute("role", "status");
form.append(list, said);
for (const [name, value] of Object.entries({
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-controls": list.id,
  "aria-expanded": "false",
})) box.setAttribute(name, value);

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(suggest, 120);
});
box.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !list.hidden) {
    event.preventDefault();
    choose(items.length ? (chosen + step + items.length + (chosen < 0 && step < 0 ? 1 : 0)) % items.length : -1);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
    event.preventDefault();
    location.assign(items[chosen].url);
  }
});
box.addEventListener("blur", () => setTimeout(close, 150));

async function suggest() {
  const text = box.value.trim();
  const turn = ++asked;
  if (!text || text.length > box.maxLength) return close();
  // The form may name a release too.
  const fields = new URLSearchParams(new FormData(form));
  fields.set("q", text);
  const answer = await fetch(`${form.action}/suggestions?${fields}`).catch(() => null);
  if (!answer?.ok || turn !== asked || document.activeElement !== box) return;
  items = (await answer.json()).items;
  show();
}

function show() {
  list.replaceChildren(...items.map(option));
  chosen = -1;
  box.removeAttribute("aria-activedescendant");
  list.hidden = items.length === 0;
  box.setAttribute("aria-expanded", String(!list.hidden));
  said.textContent = items.length ? `${items.length} suggestions` : "No suggestions";
}

function option(item, place) {
  const line = document.createElement("li");
  const kind = document.createElement("small");
  line.id = `suggestion-${place}`;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  line.textContent = item.label || item.iri;
  kind.textContent = item.also ? `${item.kind}, also called ${item.also}` : item.kind;
  line.append(kind);
  line.addEventListener("mousedown", (event) => {
    event.preventDefault();
    location.assign(item.url);
  });
  return line;
}

function choose(place) {
  chosen = place;
  [...list.children].forEach((line, number) => line.setAttribute("aria-selected", String(number === place)));
  box.setAttribute("aria-activedescendant", `suggestion-${place}`);
  list.children[place]?.scrollIntoView({ block: "nearest" });
}

function close() {
  asked += 1;
  list.hidden = true;
  chosen = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}
