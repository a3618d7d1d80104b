// Passkeys: a form with data-passkey asks the browser for a proof before it is sent.
//   sign-in  the question is fetched from the form's address
//   use      the question stands in data-options
//   add      data-options says what to create; the box "passwordless" says whether it signs in alone
// Sentences for what may go wrong stand in data- attributes of the form, in the reader's language.
"use strict";

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const encode = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const withBytes = (list) => (list || []).map((entry) => ({ ...entry, id: decode(entry.id) }));

async function create(options, alone) {
  const selection = { ...options.authenticatorSelection };
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) selection.userVerification = "required";
  return navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
      authenticatorSelection: selection,
    },
  });
}

async function ask(options) {
  return navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: decode(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
}

function written(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: encode(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = encode(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    response: parts,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function proof(form) {
  const kind = form.dataset.passkey;
  if (kind === "add") {
    const alone = form.elements.passwordless;
    return create(JSON.parse(form.dataset.options).publicKey, alone ? alone.checked : true);
  }
  if (kind === "use") return ask(JSON.parse(form.dataset.options).publicKey);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return ask((await answer.json()).request_options.publicKey);
}

function sentence(form, error) {
  if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
  if (error.name === "InvalidStateError") return form.dataset.known;
  if (error.name === "SecurityError") return form.dataset.insecure;
  return form.dataset.failed;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  const button = form.querySelector("button");
  form.hidden = false;
  if (!window.PublicKeyCredential || /^[\d.]+$|^\[/.test(location.hostname)) {
    // Say why, at once, rather than fail at the click.
    problem.textContent = window.isSecureContext && window.PublicKeyCredential === undefined ? form.dataset.unsupported : form.dataset.insecure;
    button.disabled = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    button.disabled = true;
    try {
      form.elements.credential.value = written(await proof(form));
      form.submit();
    } catch (error) {
      problem.textContent = sentence(form, error);
      button.disabled = false;
      button.focus();
    }
  });
}
