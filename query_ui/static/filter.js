// A box above a list that hides the items without the words typed into it.
for (const list of document.querySelectorAll("[data-filter]")) {
  const items = [...list.children].filter((item) => item.tagName !== "THEAD");
  if (items.length < 6) continue;
  const field = document.createElement("p");
  const label = document.createElement("label");
  const box = document.createElement("input");
  const said = document.createElement("span");
  label.textContent = `${list.dataset.filter} `;
  box.type = "search";
  field.className = "row";
  said.className = "vh";
  said.setAttribute("role", "status");
  label.append(box);
  field.append(label, said);
  (list.closest(".scroll") ?? list).before(field);
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
    said.textContent = `${items.filter((item) => !item.hidden).length} shown`;
  });
}
