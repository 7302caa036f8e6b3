// What a keyboard scanner types becomes one text and goes to the till as `charity:scan`, wherever the caret is; the field
// that had the caret gets back exactly what it had. A code ends by Enter, by Tab or by a pause. Nothing is interpreted here.
import { APART_MS, isScanner, signOf } from "./keys.js";

const PAUSE_MS = 350; // ends a code without a suffix
const BESIDE_MS = 1000; // what was typed so shortly before into the scan field belongs to the code
const COUNT = /[*×xX＊]\s*$/; // and so does a count

let form = null;
let listening = false;
let burst = null; // { signs, times, field, before, from, nameless, composed, timer }
let composing = false;
let touched = 0; // when the scan field was last typed into
const waiting = []; // who waits until no code is under way

// A new till may stand here before it was bound.
const formNow = () => (form?.isConnected ? form : (form = document.querySelector(".till-form")));
export const scanField = (root = formNow()) => root?.querySelector("[data-scan]") ?? null;
const isWriting = (element) => element?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select") ?? false;
const isHidden = (key) => key === "Process" || key === "Unidentified";

// Resolves when no code and no composition is under way: a page that is put in place now breaks neither.
export const quiet = () => (burst || composing ? new Promise((done) => waiting.push(done)) : Promise.resolve());

function released() {
  if (!burst && !composing) for (const done of waiting.splice(0)) done();
}

function end() {
  clearTimeout(burst?.timer);
  burst = null;
}

function over() {
  end();
  released();
}

function begin(event, target) {
  clearTimeout(burst?.timer);
  const field = isWriting(target) ? target : null;
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
  if (text.trim()) formNow().dispatchEvent(new CustomEvent("charity:scan", { detail: { text: text.trim() } }));
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

function onKey(event, target = event.target) {
  const separator = event.ctrlKey && event.code === "BracketRight"; // of GS1, as scanners type it
  if (!formNow() || event.altKey || event.metaKey || ["Shift", "Control", "CapsLock"].includes(event.key)) return;
  if (event.ctrlKey && !separator) return;
  const now = event.timeStamp;
  if (event.repeat || (burst && now - burst.times.at(-1) > APART_MS)) end();
  if (event.key === "Enter" || event.key === "Tab" || (isHidden(event.key) && /^(Numpad)?Enter$|^Tab$/.test(event.code))) {
    const code = burst;
    if (!code || !isScanner(code.times)) return over();
    event.preventDefault();
    event.stopPropagation();
    return finish(code);
  }
  const sign = separator ? "<GS>" : signOf(event);
  if (!sign && !isHidden(event.key)) return over(); // an arrow, Backspace
  if (!burst || burst.field !== (isWriting(target) ? target : null)) begin(event, target);
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

// The till calls it when it hears `charity:scan`: a code is never read for nobody.
export function listen(element) {
  if (!listening) {
    listening = true;
    touched = performance.now(); // a code may have begun before this script did
    document.addEventListener("keydown", (event) => onKey(event), true);
    document.addEventListener("compositionstart", () => (composing = true), true);
    document.addEventListener("compositionend", (event) => {
      composing = false;
      if (burst) burst.composed += event.data ?? "";
      released();
    }, true);
  }
  form = element;
  scanField()?.addEventListener("pointerdown", (event) => (event.currentTarget.inputMode = "text"));
  for (const event of window.earlyKeys?.() ?? []) onKey(event, document.body);
  form.addEventListener("focusout", () => setTimeout(() => document.hasFocus() && back(), 0));
  if (!form.querySelector('[aria-invalid="true"]:not([data-scan])')) back();
}
