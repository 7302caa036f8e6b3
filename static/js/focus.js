// Takes the focus when the page opens: the summary of errors, so that it is read first.
export function bind(element) {
  element.focus();
}
