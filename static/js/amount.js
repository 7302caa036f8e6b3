// Typing a free amount chooses its radio button; the sum is said again wherever [data-amount-echo] stands.
const YUAN = /^\d{1,11}(\.\d{1,2})?$/;

function inWords(text) {
  const plain = text.replaceAll(",", "").trim();
  if (!YUAN.test(plain)) return "";
  const [yuan, cents = ""] = plain.split(".");
  const grouped = yuan.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
  return `¥${grouped}.${cents.padEnd(2, "0")}`;
}

export function bind(element) {
  const free = element.querySelector('input[type="text"]');
  const freeRadio = element.querySelector('input[value="free"]');
  const echoes = document.querySelectorAll("[data-amount-echo]");

  const say = () => {
    const chosen = element.querySelector('input[type="radio"]:checked');
    const words = !chosen ? "" : chosen === freeRadio ? inWords(free.value) : chosen.dataset.words;
    for (const echo of echoes) echo.textContent = words;
  };

  free.addEventListener("input", () => {
    if (free.value.trim()) freeRadio.checked = true;
    say();
  });
  element.addEventListener("change", (event) => {
    if (event.target === freeRadio) free.focus();
    say();
  });
  say();
}
