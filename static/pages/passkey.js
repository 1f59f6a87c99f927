// Passkeys: asks the server for a challenge, the browser for an answer, and sends that as an ordinary form.
"use strict";

(() => {
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const read = (options) => {
    const key = options.publicKey;
    key.challenge = toBytes(key.challenge);
    if (key.user) key.user.id = toBytes(key.user.id);
    for (const list of [key.excludeCredentials, key.allowCredentials]) {
      for (const one of list || []) one.id = toBytes(one.id);
    }
    return { publicKey: key };
  };

  const write = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      clientExtensionResults: {},
      response,
    });
  };

  const run = async (form) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const asked = await fetch(form.dataset.question, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    if (asked.redirected) return location.assign(asked.url); // who is there must be proved first
    const options = await asked.json();
    if (!asked.ok) throw new Error(options.message);
    const made = await navigator.credentials[form.dataset.passkey](read(options));
    form.querySelector("[name=credential]").value = write(made);
    form.submit();
  };

  const prepare = (form) => {
    const trouble = form.querySelector("[role=alert]");
    const button = form.querySelector("[type=submit]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      button.disabled = true;
      try {
        await run(form);
      } catch (error) {
        trouble.textContent = error.name === "Error" && error.message ? error.message : form.dataset.trouble;
        trouble.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  };

  if (window.PublicKeyCredential) {
    for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
  }
})();
