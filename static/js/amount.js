// One sum: typing a free amount clears the choice, a choice clears what was typed. The sum is said again where
// [data-amount-echo] stands, and [data-amount-seen] sends it along: what was shown above the button may count at once.
// As charity/money.py reads it: what the server would ask about is not shown as a sum here.
const CURRENCY = /^(?:人民币\s*)?(?:¥|RMB|CNY)?\s*(.*?)\s*(?:元整?|圆整?|元钱|块钱?|RMB|CNY)?$/i;
const YUAN = /^(?:\d{1,11}|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d{1,2})?$/;

export function fenOf(text) {
  if (/[^\P{N}\p{Nd}]/u.test(text)) return 0;
  const plain = CURRENCY.exec(text.normalize("NFKC").trim())?.[1] ?? "";
  if (!YUAN.test(plain)) return 0;
  const [yuan, cents = ""] = plain.replaceAll(",", "").split(".");
  return Number(yuan) * 100 + Number(cents.padEnd(2, "0"));
}

export function inWords(fen) {
  const grouped = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `¥${grouped}.${String(fen % 100).padStart(2, "0")}`;
}

export function bind(element) {
  const free = element.querySelector('input[type="text"]');
  const radios = [...element.querySelectorAll('input[type="radio"]')];
  const echoes = document.querySelectorAll("[data-amount-echo]");
  const seen = document.querySelector("[data-amount-seen]");

  const say = () => {
    const chosen = radios.find((radio) => radio.checked);
    const fen = free.value.trim() ? fenOf(free.value) : Number(chosen?.value ?? 0);
    for (const echo of echoes) echo.textContent = fen ? inWords(fen) : echo.dataset.none;
    if (seen) seen.value = fen || "";
  };

  free.addEventListener("input", () => {
    if (free.value.trim()) for (const radio of radios) radio.checked = false;
    say();
  });
  element.addEventListener("change", (event) => {
    if (radios.includes(event.target)) free.value = "";
    say();
  });
  // The page may come back out of the browser's memory with what was typed.
  addEventListener("pageshow", say);
  say();
}
