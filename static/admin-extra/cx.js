// What the admin's own widgets leave out: a look-up field says its name to a screen reader.
"use strict";

function nameLookUps() {
  for (const shown of document.querySelectorAll(".select2-selection__rendered[id^='select2-']:not([aria-label])")) {
    const field = shown.id.replace(/^select2-/, "").replace(/-container$/, "");
    const label = document.querySelector(`label[for="${CSS.escape(field)}"]`);
    const name = document.getElementById(field)?.getAttribute("aria-label") || label?.textContent.trim();
    if (name) {
      shown.setAttribute("aria-label", name);
      shown.closest(".select2-selection").setAttribute("aria-label", name);
    }
  }
}

// The admin writes a chosen file's name into the text field it builds beside each file field. Ours stand without one,
// and the next text field of the form is none of its business.
function keepFileFields() {
  for (const field of document.querySelectorAll(".cx input[type=file]")) {
    field.hasChangeListener = true;
  }
}

// Look-ups are built at a moment of their own, and again for each row that is added.
new MutationObserver(() => {
  nameLookUps();
  keepFileFields();
}).observe(document.documentElement, { childList: true, subtree: true });

// Paper is white, whoever works in the dark. Before the scripts of single pages, which measure what will be printed.
addEventListener("beforeprint", () => {
  const { classList } = document.documentElement;
  if (!classList.contains("dark")) return;
  classList.remove("dark");
  addEventListener("afterprint", () => classList.add("dark"), { once: true });
});

// A form tapped twice is sent once; three seconds later it may be sent again, for whoever stays on the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
  } else {
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  }
});

// What was refused is said beside its field, and a phone shows the top of a long form: begin where something is wrong.
document.addEventListener("DOMContentLoaded", () => {
  const first = document.querySelector(".cx-errors, .errorlist:not(.nonfield)");
  const field = first?.closest(".cx-field, .field-row, .form-row, div")?.querySelector("input:not([type=hidden]), select, textarea");
  if (!first || document.querySelector("[role=alert]")) return;
  (field || first).focus({ preventScroll: true });
  first.scrollIntoView({ block: "center" });
});

// More choices than one takes in at a glance are narrowed by a few letters, with or without accents; what is ticked stays.
const plainLetters = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
document.addEventListener("DOMContentLoaded", () => {
  for (const group of document.querySelectorAll("[data-find]")) {
    const choices = [...group.querySelectorAll("label:has(input[type=checkbox])")];
    if (choices.length <= 12) continue;
    const find = Object.assign(document.createElement("input"), { type: "search", className: "cx-input", placeholder: group.dataset.find });
    find.setAttribute("aria-label", group.dataset.find);
    find.addEventListener("input", () => {
      const asked = plainLetters(find.value);
      for (const choice of choices) {
        const stays = choice.querySelector("input").checked || plainLetters(choice.textContent).includes(asked);
        choice.parentElement.hidden = !stays;
      }
    });
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it looks, it does not send
    });
    group.classList.add("cx-choice-long");
    group.querySelector(".cx-label").after(find);
  }
});
