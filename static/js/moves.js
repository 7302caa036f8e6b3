// Keys for whoever sits in front of lists: j and k (or the arrows, once in a list) move from row to row, Enter opens as every
// link does; where rows are ticked they move from tick to tick, Space ticks and Enter sends, as in every form. / goes to the
// search, ? shows the keys. Never in a field, never where goods are scanned, and signs that come quicker than a person types
// are a scan: they move nothing, and their Enter opens nothing.
const BURST_MS = 50;
const KEPT = "charity.moves"; // "off" on this device
const ROWS = "main :is(.due > li, .entries > li, tbody > tr)";
const WRITES = "input:not([type=checkbox]), textarea, select, [contenteditable]";

let last = -Infinity;
let pending = 0;

export const isOff = () => {
  try {
    return localStorage.getItem(KEPT) === "off";
  } catch {
    return false;
  }
};

const linkOf = (row) => row.querySelector("[data-act], td > .choice > input") ?? row.querySelector(".row-link") ?? row.querySelector("a[href]");
const links = () => [...document.querySelectorAll(ROWS)].map(linkOf).filter((link) => link?.checkVisibility());
const here = () => document.activeElement?.closest?.(ROWS);

function move(step) {
  const all = links();
  const row = here();
  const at = row ? all.indexOf(linkOf(row)) : -1;
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function search() {
  const field = [...document.querySelectorAll("input[name=q]")].find((one) => one.checkVisibility());
  field?.focus();
  field?.select();
}

const DOES = { j: () => move(1), k: () => move(-1), "/": search };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

function onKey(event, dialog) {
  if (event.key === "Shift") return;
  const quick = event.timeStamp - last < BURST_MS && !event.repeat;
  last = event.timeStamp;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isOff() || dialog.open) return;
  if (event.target.closest?.(WRITES)) return;
  if (quick) {
    clearTimeout(pending);
    if (event.key === "Enter" && here()) event.preventDefault();
    return;
  }
  if (event.key in ARROWS && here()) {
    event.preventDefault();
    move(ARROWS[event.key]);
  } else if (/^[a-z]$/.test(event.key) && here()?.querySelector(`[data-key="${event.key}"]`)) {
    const named = here().querySelector(`[data-key="${event.key}"]`);
    pending = setTimeout(() => named.click(), BURST_MS);
  } else if (event.key === "?" || Object.hasOwn(DOES, event.key)) {
    event.preventDefault();
    pending = setTimeout(() => (event.key === "?" ? dialog.showModal() : DOES[event.key]()), event.repeat ? 0 : BURST_MS);
  }
}

// The switch on the page of one's account; without this module it is not shown.
function bindSwitch(element) {
  const box = element.querySelector("input");
  element.hidden = false;
  box.checked = !isOff();
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
}

export function bind(element) {
  if (element.tagName !== "DIALOG") bindSwitch(element);
  else if (!document.querySelector("[data-scan], .till-form")) document.addEventListener("keydown", (event) => onKey(event, element), true);
}
