// Spares the reload: posts the till's one form, takes the answer's #till and puts it in place of this one.
// The answer is the same page that a plain POST gets. A scan made while another is under way waits its turn.
const queue = []; // codes, in the order they were scanned

const scanField = (root) => root.querySelector("[data-scan]");

function plainSubmit(form, data) {
  // The answer was not a till: let the browser do it. The idempotency key in the form makes a repetition harmless.
  for (const [name, value] of data) {
    const field = form.elements.namedItem(name);
    if (field === scanField(form)) field.value = value;
    if (field && field.type !== "submit" && !(field instanceof RadioNodeList)) continue;
    if (name !== "act") continue;
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name, value });
    form.append(hidden);
  }
  form.submit();
}

function replace(till, answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  const fresh = page.getElementById("till");
  if (!fresh) return false;
  const begun = scanField(till)?.value ?? "";
  till.replaceWith(document.adoptNode(fresh));
  const field = scanField(fresh);
  if (field) {
    // The scanner may be in the middle of a code: what has been typed goes on in the new field.
    if (begun) field.value = begun;
    field.focus({ preventScroll: true });
    field.setSelectionRange(begun ? begun.length : 0, field.value.length);
  }
  const head = page.querySelector(".page-head");
  if (head) document.querySelector(".page-head")?.replaceWith(document.adoptNode(head));
  // What the page says about the last act belongs to that act only.
  document.querySelector(".toasts")?.remove();
  const toasts = page.querySelector(".toasts");
  if (toasts) document.querySelector("main").before(document.adoptNode(toasts));
  for (const element of [fresh, toasts]) element?.dispatchEvent(new CustomEvent("charity:render", { bubbles: true }));
  return true;
}

export function bind(till) {
  const form = till.querySelector("form");
  let underWay = false;

  const post = async (button) => {
    underWay = true;
    till.setAttribute("aria-busy", "true");
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    if (scanField(form)) scanField(form).value = "";
    let answer = "";
    let response;
    try {
      response = await fetch(form.action, { method: "POST", body: new URLSearchParams(data), headers: { "X-Fragment": "till" } });
      answer = await response.text();
    } catch {
      // No network: the browser's own page says so, and going back finds the basket.
      plainSubmit(form, data);
      return;
    }
    const elsewhere = response.redirected && new URL(response.url).pathname !== location.pathname;
    if (elsewhere) location.assign(response.url);
    else if (!replace(till, answer)) plainSubmit(form, data);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!underWay) {
      post(event.submitter);
      return;
    }
    const field = scanField(form);
    const scanned = !event.submitter || event.submitter.value === "scan";
    if (scanned && field.value.trim()) queue.push(field.value);
    field.value = "";
  });

  const next = queue.shift();
  if (next !== undefined && scanField(form)) {
    scanField(form).value = next;
    form.requestSubmit(form.querySelector('button[value="scan"]') ?? undefined);
  }
}
