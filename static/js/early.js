// Runs in the head, before anything is drawn: a code that is scanned before scan.js runs, and before a field has the caret,
// is kept for it. Who types into a field is not touched; a code that began before the field had the caret goes on here.
{
  const APART_MS = 200; // as in keys.js, which cannot be there yet
  const keys = [];
  const keep = (event) => {
    const nowhere = document.activeElement === null || document.activeElement === document.body;
    const goesOn = keys.length > 0 && event.timeStamp - keys.at(-1).timeStamp <= APART_MS;
    if (!(nowhere || goesOn) || event.altKey || event.metaKey) return;
    keys.push(event);
    if (!nowhere) event.preventDefault();
  };
  document.addEventListener("keydown", keep, true);
  window.earlyKeys = () => {
    document.removeEventListener("keydown", keep, true);
    return keys.splice(0);
  };
}
