// What pages can do without, and are nicer with: a search that narrows while one types, and buttons that copy.
"use strict";

const told = document.getElementById("told");

function tell(text) {
  told.textContent = text;
}

function narrow(field) {
  const table = document.querySelector(field.dataset.filter);
  if (!table) return;
  const rows = [...table.querySelectorAll("tbody tr")];
  const nothing = document.getElementById("nothing");
  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = words.every((word) => row.dataset.search.toLowerCase().includes(word));
      row.hidden = !fits;
      count += fits;
    }
    table.hidden = count === 0;
    nothing.hidden = count !== 0;
    tell(words.length ? `${count} of ${rows.length} integrations` : "");
  };
  field.addEventListener("input", apply);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    apply();
  });
}

async function copy(button) {
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    tell("The command was copied");
  } catch {
    // Without a secure address a page may not write the clipboard: the text is selected instead.
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
    tell("The command is selected; copy it with the keyboard");
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

const search = document.getElementById("search");
if (search) {
  if (search.dataset.filter) narrow(search);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}
