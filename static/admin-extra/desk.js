/* The row of quick filters: a choice narrows the list at once. Without this script its button does. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("[data-cx-quick]")) {
    form.classList.add("cx-quick-live");
    form.addEventListener("change", () => form.requestSubmit());
    // Choices left open stay out of the address.
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    });
    // Coming back, the page is as it was left: what was switched off is chosen from again.
    window.addEventListener("pageshow", () => {
      for (const field of form.elements) field.disabled = false;
    });
  }
});
