// Asks data-url how far the work is: {status, done, total, words, href?}. When it is over, the page goes to href or loads again.
const FIRST_MS = 700;
const LONGEST_MS = 5000;
const OVER = new Set(["done", "failed", "cancelled"]);

export function bind(element) {
  const bar = element.querySelector("progress");
  const words = element.querySelector(".progress-words");
  const again = element.querySelector(".progress-again");
  if (OVER.has(element.dataset.state)) return;
  if (again) again.hidden = true;
  let wait = FIRST_MS;

  const ask = async () => {
    let answer;
    try {
      const response = await fetch(element.dataset.url, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      answer = await response.json();
      wait = Math.min(wait * 1.2, LONGEST_MS);
    } catch {
      // The server may be starting again: keep asking, more slowly, and give the link back.
      if (again) again.hidden = false;
      wait = LONGEST_MS;
      setTimeout(ask, wait);
      return;
    }
    if (answer.total) {
      bar.max = answer.total;
      bar.value = answer.done;
    }
    if (answer.words && words.textContent !== answer.words) words.textContent = answer.words;
    if (!OVER.has(answer.status)) setTimeout(ask, wait);
    else if (answer.href) location.assign(answer.href);
    else location.reload();
  };
  setTimeout(ask, wait);
}
