// The coverage map: one tab stop a row with arrow keys, and the picture as PNG.
// https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/#kbd_roving_tabindex
const rows = [...document.querySelectorAll(".heat tr")].map((row) => [...row.querySelectorAll("a")]);

for (const links of rows) links.forEach((link, place) => (link.tabIndex = place ? -1 : 0));

document.querySelector(".heat")?.addEventListener("keydown", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.altKey || event.metaKey) return;
  const to = next(link, event.key);
  if (!to) return;
  event.preventDefault();
  to.focus();
});

document.querySelector(".heat")?.addEventListener("focusin", (event) => {
  const link = event.target.closest("a");
  const row = rows.find((links) => links.includes(link));
  row?.forEach((other) => (other.tabIndex = other === link ? 0 : -1));
});

function next(link, key) {
  const at = rows.findIndex((links) => links.includes(link));
  const place = rows[at].indexOf(link);
  const column = link.closest("td, th").cellIndex;
  if (key === "ArrowRight") return rows[at][place + 1];
  if (key === "ArrowLeft") return rows[at][place - 1];
  if (key === "Home") return rows[at][0];
  if (key === "End") return rows[at].at(-1);
  if (key === "ArrowDown") return nearest(rows.slice(at + 1), column);
  if (key === "ArrowUp") return nearest(rows.slice(0, at).reverse(), column);
}

function nearest(others, column) {
  for (const links of others) {
    const found = links.find((link) => link.closest("td, th").cellIndex === column);
    if (found) return found;
  }
}

const picture = document.querySelector("[data-picture]");
if (picture) {
  const item = picture.parentElement.cloneNode(true);
  const button = item.firstElementChild;
  button.removeAttribute("data-picture");
  button.querySelector(".note").textContent = ".png";
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const image = new Image();
    image.addEventListener("load", () => save(image));
    image.src = picture.href;
  });
  picture.parentElement.after(item);
}

function save(image) {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "coverage.png";
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
