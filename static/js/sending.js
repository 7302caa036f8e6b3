// Sends the till's form and says what came back: {page}, {why: "offline" | "busy"}, or null when another page is on its way.
const TIMEOUT_MS = 20_000;
const RELOADED = "charity-till-reloaded";
const RELOAD_MS = 10_000;

export async function send(form, data, lasting) {
  let response;
  let text;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(form.action, { method: "POST", body: new URLSearchParams(data), headers: { "X-Fragment": "till" }, signal });
    text = await response.text();
  } catch {
    return { why: "offline" };
  }
  if (response.status >= 500 || response.status === 429) return { why: "busy" };
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.getElementById("till") && new URL(response.url).pathname === location.pathname) return { page };
  elsewhere(response, form, data, lasting);
  return null;
}

// Sign-in has its own words; else a fresh page with a fresh token is asked for, and the second time the browser does it.
function elsewhere(response, form, data, lasting) {
  const { pathname } = new URL(response.url);
  if (pathname === "/sign-in") {
    location.assign(`/sign-in?after=${lasting ? "till" : "ended"}&next=${encodeURIComponent(location.pathname)}`);
  } else if (response.redirected && pathname !== location.pathname) {
    location.assign(response.url);
  } else if (lasting && Date.now() - Number(sessionStorage.getItem(RELOADED)) > RELOAD_MS) {
    sessionStorage.setItem(RELOADED, Date.now());
    location.assign(location.pathname);
  } else {
    for (const field of form.querySelectorAll("[name]")) field.disabled = true;
    for (const [name, value] of data) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.submit();
  }
}
