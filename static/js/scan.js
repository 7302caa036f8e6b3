// What a keyboard scanner types becomes one text and goes to the till as `charity:scan`, wherever the caret is; the field
// that had the caret gets back exactly what it had. A code ends by Enter, by Tab or by a pause. Nothing is interpreted here.
// A scanner is told from a person by its rhythm: quick, or slow but steady (gaps of 77 to 127 ms were measured).
const QUICK_MS = 50;
const APART_MS = 200; // a longer gap begins anew
const PAUSE_MS = 350; // ends a code without a suffix
const STEADY = 0.25; // spread of the gaps of a slow scanner, as a share of their mean
const MEAN_MS = 140;
const CODE_MIN = 4;
const LONG_MIN = 8; // of a slow one, and of one without a suffix
const BESIDE_MS = 1000; // what was typed so shortly before into the scan field belongs to the code
const COUNT = /[*×xX＊]\s*$/; // and so does a count
const SHIFTED = { Digit8: "*", Digit9: "(", Digit0: ")", Semicolon: ":", Equal: "+", Minus: "_" };
const PLAIN = { Minus: "-", Slash: "/", Period: ".", BracketRight: "]", BracketLeft: "[", Semicolon: ";", Space: " ", Equal: "=",
  NumpadMultiply: "*", NumpadSubtract: "-", NumpadDecimal: ".", NumpadAdd: "+", Comma: ",", Quote: "'" };

let form = null;
let burst = null; // { signs, times, field, before, from, nameless, composed, timer }
let composing = false;
let touched = 0; // when the scan field was last typed into
const waiting = []; // who waits until no code is under way

export function isScanner(times, ended = "suffix") {
  const gaps = times.slice(1).map((time, n) => time - times[n]);
  if (times.length < (ended === "suffix" ? CODE_MIN : LONG_MIN)) return false;
  const sorted = [...gaps].sort((a, b) => a - b);
  if (sorted.at(-1) > APART_MS) return false;
  if (sorted[sorted.length >> 1] < QUICK_MS) return true;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  return times.length >= LONG_MIN && mean <= MEAN_MS && spread / mean <= STEADY;
}

// The sign of a key; an input method hides it, then the place of the key says it.
function signOf(event) {
  if (event.key.length === 1 && !event.isComposing) return event.key;
  const place = /^(?:Key|Digit|Numpad)(\w)$/.exec(event.code);
  if (event.shiftKey && SHIFTED[event.code]) return SHIFTED[event.code];
  return place ? place[1] : (PLAIN[event.code] ?? "");
}

export const scanField = (root = form) => root?.querySelector("[data-scan]") ?? null;
const isWriting = (element) => element?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select") ?? false;
const isHidden = (key) => key === "Process" || key === "Unidentified";

// Resolves when no code and no composition is under way: a page that is put in place now breaks neither.
export const quiet = () => (burst || composing ? new Promise((done) => waiting.push(done)) : Promise.resolve());

function released() {
  if (!burst && !composing) for (const done of waiting.splice(0)) done();
}

function over() {
  clearTimeout(burst?.timer);
  burst = null;
  released();
}

function begin(event) {
  clearTimeout(burst?.timer);
  const field = isWriting(event.target) ? event.target : null;
  burst = { signs: "", times: [], field, before: null, beside: event.timeStamp - touched < BESIDE_MS, composed: "", nameless: false };
  if (!field) return;
  let caret = null;
  try {
    caret = [field.selectionStart, field.selectionEnd];
  } catch {
    // some kinds of field have none
  }
  burst.before = { value: field.value, caret: caret?.[0] === null ? null : caret };
}

function giveBack({ field, before }, value = before.value) {
  if (!field?.isConnected || field.value === value) return;
  field.value = value;
  if (before.caret && document.activeElement === field) field.setSelectionRange(...before.caret);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function taken(code) {
  let text = code.nameless ? code.composed : code.signs;
  if (code.field) {
    const before = code.before.value;
    const goesAlong = code.field === scanField() && before && (code.beside || COUNT.test(before));
    if (goesAlong) text = before + text;
    giveBack(code, goesAlong ? "" : before);
  }
  touched = 0;
  if (text.trim()) form.dispatchEvent(new CustomEvent("charity:scan", { detail: { text: text.trim() } }));
}

function finish(code) {
  over();
  if (!composing) return taken(code);
  // The input method still holds what was typed: leaving the field makes it let go.
  const field = document.activeElement;
  document.addEventListener("compositionend", () => setTimeout(() => taken(code), 0), { once: true });
  field.blur();
  field.focus({ preventScroll: true });
}

function onKey(event) {
  const separator = event.ctrlKey && event.code === "BracketRight"; // of GS1, as scanners type it
  if (!form?.isConnected || event.altKey || event.metaKey || ["Shift", "Control", "CapsLock"].includes(event.key)) return;
  if (event.ctrlKey && !separator) return;
  const now = event.timeStamp;
  if (event.repeat || (burst?.times.length && now - burst.times.at(-1) > APART_MS)) over();
  if (event.key === "Enter" || event.key === "Tab" || (isHidden(event.key) && /^(Numpad)?Enter$|^Tab$/.test(event.code))) {
    const code = burst;
    if (!code || !isScanner(code.times)) return over();
    event.preventDefault();
    event.stopPropagation();
    return finish(code);
  }
  const sign = separator ? "<GS>" : signOf(event);
  if (!sign && !isHidden(event.key)) return over();
  if (!burst || burst.field !== (isWriting(event.target) ? event.target : null)) begin(event);
  const goesOn = burst.times.length > 0;
  burst.signs += sign;
  burst.nameless ||= !sign;
  burst.times.push(now);
  if (burst.field && burst.field === scanField()) touched = now;
  // A space would press the focused button, and a letter is not meant for it.
  if (goesOn && !burst.field) event.preventDefault();
  clearTimeout(burst.timer);
  burst.timer = setTimeout(() => (isScanner(burst.times, "pause") ? finish(burst) : over()), PAUSE_MS);
}

function back() {
  const target = scanField();
  if (!target || document.activeElement !== document.body) return;
  // A touch screen must not cover the page with its keyboard before somebody wants to type.
  if (matchMedia("(pointer: coarse)").matches) target.inputMode = "none";
  target.focus({ preventScroll: true });
}

export function bind(element) {
  if (!form) {
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("compositionstart", () => (composing = true), true);
    document.addEventListener("compositionend", (event) => {
      composing = false;
      if (burst) burst.composed += event.data ?? "";
      released();
    }, true);
  }
  form = element;
  scanField()?.addEventListener("pointerdown", (event) => (event.currentTarget.inputMode = "text"));
  form.addEventListener("focusout", () => setTimeout(() => document.hasFocus() && back(), 0));
  if (!form.querySelector('[aria-invalid="true"]:not([data-scan])')) back();
}
