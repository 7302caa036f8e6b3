// One day's wage: a month's through 21.75, rounded half up to the fen. Worked out here; the field has no name, so
// that nothing of it is ever sent.
import { fenOf, inWords } from "./amount.js";

export function dayOf(monthFen) {
  return Math.floor((monthFen * 200 + 2175) / 4350);
}

export function bind(element) {
  const field = element.querySelector("input");
  const result = element.querySelector("output");
  const fill = element.querySelector("[data-wage-fill]");
  const target = document.getElementById(element.dataset.fill ?? "");
  for (const shown of element.querySelectorAll("[data-js]")) shown.hidden = false;

  const day = () => dayOf(fenOf(field.value));
  field.addEventListener("input", () => {
    result.textContent = day() ? inWords(day()) : "—";
  });
  fill?.addEventListener("click", () => {
    if (!day() || !target) return;
    target.value = `${Math.floor(day() / 100)}.${String(day() % 100).padStart(2, "0")}`;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  });
}
