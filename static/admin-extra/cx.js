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

// Look-ups are built at a moment of their own, and again for each row that is added.
new MutationObserver(nameLookUps).observe(document.documentElement, { childList: true, subtree: true });
