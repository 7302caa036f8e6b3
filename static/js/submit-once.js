// A second press of a submit button does nothing while the first is under way.
// The idempotency key in the form is what makes it safe; this only spares the wait.
export function bind(form) {
  let underWay = false;
  const buttons = () => [...form.elements].filter((element) => element.type === "submit");

  form.addEventListener("submit", (event) => {
    if (underWay) {
      event.preventDefault();
      return;
    }
    underWay = true;
    // aria-disabled and not disabled: a disabled button would not send its own name and value.
    for (const button of buttons()) button.setAttribute("aria-disabled", "true");
  });
  // The page may come back out of the browser's memory.
  addEventListener("pageshow", () => {
    underWay = false;
    for (const button of buttons()) button.removeAttribute("aria-disabled");
  });
}
