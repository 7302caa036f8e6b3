// Copies the text of a .copyable or what [data-copy] says; the text itself is readable and selectable without this.
export function bind(element) {
  const button = element.querySelector("button");
  const text = element.querySelector(".copyable-text, [data-copy]");
  if (!navigator.clipboard || !button || !text) return;
  const words = button.firstChild;
  const label = words.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.dataset.copy ?? text.textContent.trim());
    } catch {
      // Refused by the browser: select it, so that one key copies it.
      getSelection().selectAllChildren(text);
      return;
    }
    words.textContent = button.dataset.done;
    setTimeout(() => (words.textContent = label), 2000);
  });
}
