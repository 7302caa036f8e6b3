// Enter in a small form within a larger one presses its own button ([data-enter]), not the first one of the page.
export function bind(element) {
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    element.querySelector("[data-enter]")?.click();
  });
}
