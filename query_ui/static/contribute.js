// Checks the form while somebody fills it in: the server checks, and its findings are shown beside it.
const form = document.querySelector("form[data-check]");
let waiting;
let latest = 0;

form.addEventListener("change", (event) => {
  const { name, value, checked, dataset } = event.target;
  if ("suggestion" in dataset) {
    for (const box of form.elements[name]) if (box.value === value) box.checked = checked;
  }
  clearTimeout(waiting);
  waiting = setTimeout(check, 500);
});

// Names of organisations from the index, beside those that the page has.
form.addEventListener("input", async ({ target }) => {
  const prefix = target.value.split("|").pop().trim();
  if (!target.list || prefix.length < 3) return;
  const path = `${document.documentElement.dataset.basePath ?? ""}/reconcile/suggest/entity`;
  const response = await fetch(`${path}?${new URLSearchParams({ prefix })}`).catch(() => null);
  if (!response?.ok) return;
  const known = new Set([...target.list.options].map((option) => option.value));
  for (const { name } of (await response.json()).result) {
    if (!known.has(name)) target.list.append(new Option(name, name));
  }
});

async function check() {
  const turn = ++latest;
  const response = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "text/html" },
  }).catch(() => null);
  if (!response?.ok || turn !== latest) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.querySelector("#result").replaceChildren(...page.querySelector("#result").childNodes);
}
