// Says beside a typed value what it comes to, of all pieces where it is that of one, of one where it is that of all; and that
// it wants a ground.
import { fenOf, inWords } from "./amount.js";

export function bind(line) {
  const field = (stem) => line.querySelector(`[name^="${stem}."]`);
  const output = line.querySelector("[data-priced]");
  const say = () => {
    const pieces = /^\d{1,7}$/.test(field("quantity").value.trim()) ? Number(field("quantity").value) : 0;
    const fen = fenOf(field("value").value);
    if (!pieces || !fen) output.textContent = "";
    else if (field("per").value === "unit") output.textContent = output.dataset.total.replace("{sum}", inWords(fen * pieces));
    else {
      const least = Math.floor(fen / pieces);
      const sums = [least, ...(fen % pieces ? [least + 1] : [])].map(inWords).join(output.dataset.or);
      output.textContent = output.dataset.unit.replace("{sum}", sums);
    }
    const bought = document.querySelector("[name=source]:checked")?.value === "purchase"; // an invoice comes with it
    if (output.textContent && !bought && ["", "none"].includes(field("evidence").value)) {
      output.textContent = output.dataset.ground.replace("{sums}", output.textContent);
    }
  };
  line.addEventListener("input", say);
}
