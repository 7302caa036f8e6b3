// Spares the reload: sends the till's one form with the scans that wait, and puts the #till of the answer in place of this
// one. The answer is the same page that a plain POST gets. While it is under way, scans go on entering the queue.
import { basketOf, offer, plant } from "./basket.js";
import { Queue } from "./queue.js";
import { listen, quiet, scanField } from "./scan.js";
import { send } from "./sending.js";
import { swap, typed } from "./swap.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

let till = null;
let queue = null;
let chain = null; // entries enter in the order in which they came
let underWay = false;
let away = ""; // why nothing is sent: "offline" or "busy"
let wait = FIRST_WAIT_MS;
let timer = 0;
let finishing = false; // 完成 was pressed and is not answered: pressed again it says nothing new

const formOf = () => till.querySelector(".till-form");

function say() {
  const place = till.querySelector("[data-queue]");
  if (!place) return;
  const count = queue?.entries.length ?? 0;
  const words = away || (count ? "waiting" : "");
  const lines = [place.dataset[words] ?? "", queue && !queue.lasting ? place.dataset.memory : ""];
  place.textContent = lines.filter(Boolean).join(" ").replace("{n}", count);
  place.dataset.state = words;
}

function take(entry) {
  chain = chain.then(async () => {
    const keeping = queue.put(entry);
    say();
    await keeping;
    pump();
  });
}

// The next scans that may go together, and the button behind them.
function batch() {
  const most = Number(till.dataset.scansMost);
  const scans = [];
  for (const entry of queue.entries) {
    if (!entry.ready || scans.length === most) break;
    // A step of a line waits until the page shows the line as it is then.
    if (entry.act) return scans.length && entry.act.includes(":") ? [scans, null] : [scans, entry];
    scans.push(entry);
  }
  return [scans, null];
}

// A step of a line that is not there any more, or not at this number, is not done to another one.
function moved({ act, code }) {
  const number = act.split(":")[1];
  return number !== undefined && formOf().elements.namedItem(`code.${number}`)?.value !== code;
}

function later(why) {
  away = why;
  clearTimeout(timer);
  timer = setTimeout(() => pump(true), wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  say();
}

async function pump(again = false) {
  if (underWay || (away && !again)) return;
  const [scans, button] = batch();
  if (!scans.length && !button && !again) return;
  underWay = true;
  till.setAttribute("aria-busy", "true");
  const entries = button ? [...scans, button] : scans;
  if (button && !scans.length && moved(button)) {
    await queue.answered(entries, queue.basket);
  } else {
    const data = new FormData(formOf());
    data.delete("scan");
    for (const scan of scans) data.append("scan", scan.text);
    data.append("act", button?.act ?? "scan");
    const sent = typed(formOf());
    const answer = await send(formOf(), data, queue.lasting);
    if (answer?.page) await show(answer.page, entries, sent);
    else if (answer) later(answer.why);
    else return; // another page comes
  }
  underWay = false;
  till.removeAttribute("aria-busy");
  say();
  pump();
}

async function show(page, answered, sent) {
  away = "";
  wait = FIRST_WAIT_MS;
  clearTimeout(timer);
  if (answered.some(({ act }) => act === "finish")) finishing = false;
  const fresh = page.querySelector("#till .till-form");
  await queue.answered(answered, basketOf(fresh, till.dataset.keeps));
  await quiet();
  // A question counts from when it is shown: the same code scanned again before that is no answer to it.
  const early = fresh.querySelector('[data-flash$="asks"]') ? queue.entries.filter(({ text }) => text && text === answered.at(-1)?.text) : [];
  till = swap(till, page, sent);
  if (early.length) await queue.answered(early, queue.basket);
  if (!queue.basket) offer(till, queue, resume);
}

function resume() {
  plant(formOf(), queue.basket);
  pump(true);
}

async function begin() {
  queue = await Queue.open(till.dataset.counter, till.dataset.account);
  const shown = basketOf(formOf(), till.dataset.keeps);
  say();
  if (shown) await queue.answered([], shown);
  else if (queue.basket) resume();
  else offer(till, queue, resume);
  pump();
}

function pressed(event) {
  event.preventDefault();
  const [form, act] = [formOf(), event.submitter?.value ?? "scan"];
  if (act === "finish" && finishing) return;
  finishing ||= act === "finish";
  const field = scanField(form);
  if (field?.value.trim() && (act === "scan" || act === "finish")) {
    take({ text: field.value.trim() });
    field.value = "";
  }
  if (act !== "scan") take({ act, code: form.elements.namedItem(`code.${act.split(":")[1]}`)?.value });
}

export function bind(element) {
  till = element;
  if (!chain) {
    chain = begin();
    // On the document, so that no moment is without them while a new till is put in place.
    document.addEventListener("submit", (event) => event.target === formOf() && pressed(event));
    document.addEventListener("charity:scan", (event) => take({ text: event.detail.text }), true);
    addEventListener("online", () => away && pump(true));
    addEventListener("pageshow", (event) => event.persisted && queue?.lasting && location.reload()); // it may be older than the basket
  }
  listen(formOf());
}
