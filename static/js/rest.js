// What is still apart while rows are ticked: the form's own sum and theirs have to add up to nothing. Without a script the
// server says it when the form is sent, and keeps what is ticked.
import { inWords } from "./amount.js";

export function bind(form) {
  const shown = form.querySelector("[data-rest]");
  const sum = shown.querySelector("strong");
  const words = shown.firstChild.textContent;
  const say = () => {
    const ticked = [...form.querySelectorAll("input[data-fen]:checked")];
    const rest = ticked.reduce((fen, box) => fen + Number(box.dataset.fen), Number(form.dataset.fen));
    shown.hidden = ticked.length === 0;
    shown.firstChild.textContent = rest ? words : shown.dataset.even;
    sum.textContent = rest ? `${rest < 0 ? "−" : ""}${inWords(Math.abs(rest))}` : "";
  };
  form.addEventListener("change", say);
  addEventListener("pageshow", say);
  say();
}
