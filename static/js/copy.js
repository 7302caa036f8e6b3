// Copies the text of a .copyable; the text itself is readable and selectable without this.
export function bind(element) {
  const button = element.querySelector("button");
  const text = element.querySelector(".copyable-text");
  if (!navigator.clipboard || !button || !text) return;
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
    } catch {
      // Refused by the browser: select it, so that one key copies it.
      getSelection().selectAllChildren(text);
      return;
    }
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 2000);
  });
}
