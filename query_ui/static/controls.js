// Small controls that need a script: copy buttons, menus and definitions that close, and the key of
// the search box.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const name = button.getAttribute("aria-label");
    button.setAttribute("aria-label", "Copied");
    setTimeout(() => button.setAttribute("aria-label", name), 2000);
  });
}

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelector("details.menu[open] > summary")?.focus();
    closeMenus(null);
    for (const term of document.querySelectorAll(".term")) term.classList.add("shut");
  }
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable=true], .cm-editor, .CodeMirror");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector("#q")?.focus();
  }
});

// A definition that Escape has closed opens again once its term is left.
for (const term of document.querySelectorAll(".term")) {
  for (const left of ["mouseleave", "focusout"]) {
    term.addEventListener(left, () => term.classList.remove("shut"));
  }
}
