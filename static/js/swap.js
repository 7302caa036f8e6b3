// Puts the till of an answer in place of the one that is shown. What a person changed since the request left stays as it is,
// and the caret stays in the field that has it. Lines are known by their code: their numbers may have moved.
const KEPT_BY_SERVER = new Set(["csrf", "idem", "card", "history", "next_card"]);

const isTyped = (field) => field.name && field.type !== "hidden" && field.type !== "submit" && !KEPT_BY_SERVER.has(field.name);
const valueOf = (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value);
const line = (name) => /^(.+)\.(\d+)$/.exec(name);

// A name for a field that lasts over an answer: the code of its line and how often that code came before.
function lasting(form, field) {
  const [, stem, number] = line(field.name) ?? [];
  if (!number) return field.type === "radio" ? `${field.name}=${field.value}` : field.name;
  const codes = [...form.elements].filter((each) => line(each.name)?.[1] === "code");
  const own = codes.find((each) => each.name === `code.${number}`);
  const before = codes.filter((each) => each.value === own?.value && Number(line(each.name)[2]) < Number(number));
  return `${stem} ${own?.value} ${before.length}`;
}

export const typed = (form) => new Map([...form.elements].filter(isTyped).map((field) => [lasting(form, field), valueOf(field)]));

function carry(old, fresh, sent) {
  const target = new Map([...fresh.elements].filter(isTyped).map((field) => [lasting(fresh, field), field]));
  for (const [name, value] of typed(old)) {
    const field = target.get(name);
    // The scan field is a person's or a scanner's alone: what stood in it was not sent.
    if (!field || (!field.matches("[data-scan]") && (!sent.has(name) || sent.get(name) === value))) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
  }
  const active = document.activeElement;
  return old.contains(active) && active.name ? (target.get(lasting(old, active)) ?? null) : null;
}

function caretOf(field) {
  try {
    return [field.selectionStart, field.selectionEnd, field.selectionDirection];
  } catch {
    return [null];
  }
}

// Fields that were asked for and are there now come into view. The caret goes to the first of them, but never away from a
// field that somebody types in.
function bring(old, form) {
  const group = [...form.querySelectorAll("fieldset[id]")].find(({ id }) => !old.querySelector(`#${id}`));
  if (!group) return;
  const active = document.activeElement;
  const types = active.matches("input, select, textarea") && !(active.matches("[data-scan]") && !active.value);
  if (!types) group.querySelector("input:not([type=hidden])").focus({ preventScroll: true });
  group.scrollIntoView({ block: "center" });
}

// `sent`: what `typed` gave when the request left. False where the answer is no till.
export function swap(till, page, sent) {
  const fresh = page.getElementById("till");
  if (!fresh) return null;
  const old = till.querySelector(".till-form");
  const form = fresh.querySelector(".till-form");
  const active = document.activeElement;
  const caret = active?.form === old ? caretOf(active) : [null];
  const focus = carry(old, form, sent);
  till.replaceWith(document.adoptNode(fresh));
  if (focus) {
    focus.inputMode = active.inputMode;
    focus.focus({ preventScroll: true });
    if (caret[0] !== null) focus.setSelectionRange(...caret);
  }
  for (const part of [".page-head", ".till-today"]) {
    const head = page.querySelector(part);
    if (head) document.querySelector(part)?.replaceWith(document.adoptNode(head));
  }
  // What the page says about the last act belongs to that act only.
  document.querySelector(".toasts")?.remove();
  const toasts = page.querySelector(".toasts");
  if (toasts) document.querySelector("main").before(document.adoptNode(toasts));
  fresh.querySelector(".is-new, .note.tone-good")?.scrollIntoView({ block: "nearest" });
  bring(old, form);
  for (const element of [fresh, toasts]) element?.dispatchEvent(new CustomEvent("charity:render", { bubbles: true }));
  return fresh;
}
