// A persona's form counts its words while one types; the service counts again when it is saved.
(() => {
  "use strict";
  const form = document.querySelector("form[data-max-words]");
  const shown = form?.querySelector("[data-words-left]");
  if (!form || !shown) return;
  const most = Number(form.dataset.maxWords);
  const words = (text) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  const count = () => {
    const sentence = form.querySelector("select[name=sentence]");
    const chosen = sentence?.value ? sentence.selectedOptions[0].textContent : "";
    const texts = [...form.querySelectorAll("input[type=text]")].map((field) => field.value);
    const total = [...texts, chosen].reduce((sum, text) => sum + words(text), 0);
    shown.textContent = `${total} / ${most}`;
    shown.classList.toggle("cx-late", total > most);
  };
  form.addEventListener("input", count);
  form.addEventListener("change", count);
  count();
})();
