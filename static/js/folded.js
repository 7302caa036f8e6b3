// The closed row of a fold follows what is chosen inside: the server wrote what was so when the page was made.
const LONGEST = 12;

function label(input) {
  const words = input.closest("label")?.querySelector(".choice-words");
  return words?.firstChild?.textContent.trim() ?? "";
}

function chosen(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked ? label(field) : "";
  if (field.tagName === "SELECT") return field.selectedOptions[0]?.label ?? "";
  return field.tagName === "TEXTAREA" ? field.value.trim().slice(0, LONGEST) : "";
}

export function bind(element) {
  const now = element.querySelector("summary [data-none]");
  const fields = [...element.querySelectorAll("input, select, textarea")];
  const say = () => {
    now.textContent = fields.map(chosen).filter(Boolean).join("、") || now.dataset.none;
  };
  element.addEventListener("input", say);
  addEventListener("pageshow", say);
}
