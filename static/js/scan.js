// A hardware scanner is a keyboard: keys less than 50 ms apart, then Enter. Whatever has the focus, a scan lands in the
// scan field ([data-scan]) and sends the form; and the focus goes back there after each act.
const GAP_MS = 50;
const CODE_MIN = 4;

const isWriting = (element) => element?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select") ?? false;

function send(form) {
  const button = form.querySelector('button[value="scan"]');
  if (button) form.requestSubmit(button);
  else form.requestSubmit();
}

export function bind(form) {
  const field = () => form.querySelector("[data-scan]");
  let typed = "";
  let last = 0;
  let before = null; // the field that had the focus and its text before the scan began

  const onKey = (event) => {
    if (!form.isConnected) {
      document.removeEventListener("keydown", onKey, true);
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const quick = event.timeStamp - last < GAP_MS;
    last = event.timeStamp;
    if (event.key === "Enter") {
      if (quick && typed.length >= CODE_MIN && event.target !== field()) {
        event.preventDefault();
        event.stopPropagation();
        if (before) before.element.value = before.text;
        field().value = typed;
        send(form);
      }
      typed = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (!quick) {
      typed = "";
      before = isWriting(event.target) && event.target !== field() ? { element: event.target, text: event.target.value } : null;
    }
    typed += event.key;
    // A space would press the focused button, and a letter is not meant for it.
    if (quick && !isWriting(event.target)) event.preventDefault();
  };
  document.addEventListener("keydown", onKey, true);

  const back = () => {
    const target = field();
    if (!target || !form.isConnected) return;
    // A touch screen must not cover the page with its keyboard before somebody wants to type.
    if (matchMedia("(pointer: coarse)").matches) target.inputMode = "none";
    if (document.activeElement === target) return;
    target.focus({ preventScroll: true });
    target.select();
  };
  field()?.addEventListener("pointerdown", (event) => (event.currentTarget.inputMode = "text"));
  form.addEventListener("focusout", () =>
    setTimeout(() => {
      if (form.isConnected && document.hasFocus() && document.activeElement === document.body) back();
    }, 0),
  );
  if (!form.querySelector('[aria-invalid="true"]:not([data-scan])')) back();
}
