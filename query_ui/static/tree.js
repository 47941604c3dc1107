// Nested lists as trees that open step by step: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/
for (const tree of document.querySelectorAll("[data-tree]")) grow(tree);

function grow(tree) {
  const items = [...tree.querySelectorAll("li")];
  tree.setAttribute("role", "tree");
  tree.setAttribute("aria-label", tree.dataset.tree);
  items.forEach((item, place) => {
    const name = item.querySelector(".node");
    const inside = item.querySelector(":scope > ul");
    item.setAttribute("role", "treeitem");
    item.tabIndex = place ? -1 : 0;
    if (!inside) return;
    inside.setAttribute("role", "group");
    item.setAttribute("aria-expanded", "false");
    name.addEventListener("click", (event) => {
      if (event.target === name) toggle(item);
    });
  });
  tree.addEventListener("keydown", (event) => {
    const item = event.target.closest("[role=treeitem]");
    if (event.target !== item || event.ctrlKey || event.altKey || event.metaKey) return;
    if (pressed(tree, item, event.key)) event.preventDefault();
  });
  tree.addEventListener("focusin", (event) => {
    const item = event.target.closest("[role=treeitem]");
    for (const other of items) other.tabIndex = other === item ? 0 : -1;
  });
  tree.before(buttons(items));
}

function pressed(tree, item, key) {
  const seen = [...tree.querySelectorAll("li")].filter((one) => !one.parentElement.closest("[aria-expanded=false]"));
  const here = seen.indexOf(item);
  const state = item.getAttribute("aria-expanded");
  const steps = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: seen.length - 1 };
  if (key in steps) seen[Math.min(Math.max(steps[key], 0), seen.length - 1)].focus();
  else if (key === "ArrowRight" && state === "false") toggle(item);
  else if (key === "ArrowRight" && state === "true") item.querySelector("li").focus();
  else if (key === "ArrowRight") item.querySelector(":scope > a.opens")?.click();
  else if (key === "ArrowLeft" && state === "true") toggle(item);
  else if (key === "ArrowLeft") item.parentElement.closest("[role=treeitem]")?.focus();
  else if (key === "Enter") item.querySelector(".node a").click();
  else if (key === " " && state) toggle(item);
  else if (key === "*") [...item.parentElement.children].filter(closed).forEach(toggle);
  else if (/^\S$/.test(key)) [...seen.slice(here + 1), ...seen.slice(0, here)].find((one) => begins(one, key))?.focus();
  else return false;
  return true;
}

function closed(item) {
  return item.getAttribute("aria-expanded") === "false";
}

function begins(item, letter) {
  return item.querySelector(".node").textContent.trim().toLowerCase().startsWith(letter.toLowerCase());
}

function toggle(item) {
  item.setAttribute("aria-expanded", String(closed(item)));
}

function buttons(items) {
  const bar = document.createElement("p");
  for (const [word, state] of [["Open all", "true"], ["Close all", "false"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = word;
    button.addEventListener("click", () => {
      for (const item of items) if (item.hasAttribute("aria-expanded")) item.setAttribute("aria-expanded", state);
    });
    bar.append(button, " ");
  }
  return bar;
}
