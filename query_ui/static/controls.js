// Small controls that need a script: copy buttons, dialogs, menus and definitions that close, and the
// key of the search box.
const addCopying = (root) => {
  for (const button of root.querySelectorAll("button[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const name = button.getAttribute("aria-label");
      button.setAttribute("aria-label", "Copied");
      setTimeout(() => button.setAttribute("aria-label", name), 2000);
    });
  }
};
addCopying(document);

// A link whose page can be shown as a dialog: its first section, in a form that closes.
for (const link of document.querySelectorAll("a[data-dialog]")) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const response = await fetch(link.href).catch(() => null);
    if (!response?.ok) return location.assign(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const dialog = document.createElement("dialog");
    const close = document.createElement("button");
    Object.assign(close, { textContent: "Close", className: "btn end", onclick: () => dialog.close() });
    dialog.append(close, document.adoptNode(page.querySelector("main section")));
    dialog.setAttribute("aria-label", link.textContent.trim());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    addCopying(dialog);
    dialog.showModal();
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
