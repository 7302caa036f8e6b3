// The basket of a form as the queue keeps it, put back into a page that opens empty, and one that somebody else left.
const HEAD = /^(card|code\.0|new_barcode)$/;

// {fields, pieces}: only fields that the page names in data-keeps. null where nothing is begun.
export function basketOf(form, keeps) {
  const stems = keeps.split(" ");
  const fields = [...new FormData(form)].filter(([name]) => stems.includes(name.replace(/\.\d+$/, "")));
  if (!fields.some(([name, value]) => value && HEAD.test(name))) return null;
  const counts = fields.filter(([name]) => name.startsWith("quantity."));
  return { fields, pieces: counts.reduce((sum, [, value]) => sum + (Number(value) || 0), 0) };
}

export function plant(form, basket) {
  for (const [name, value] of basket.fields) {
    const field = form.elements.namedItem(name) ?? Object.assign(document.createElement("input"), { type: "hidden", name });
    field.value = value;
    if (!field.isConnected) form.append(field);
  }
}

function when(since) {
  const at = new Date(since);
  const today = at.toDateString() === new Date().toDateString();
  const clock = { hour: "2-digit", minute: "2-digit" };
  return at.toLocaleString(document.documentElement.lang, today ? clock : { month: "numeric", day: "numeric", ...clock });
}

// Says how many pieces wait and since when, never whose they are; it is gone on with, or cleared.
export async function offer(till, queue, resume) {
  const left = await queue.left();
  const template = till.querySelector("template[data-left]");
  if (!left || !template || !till.isConnected) return;
  const [basket, waiting] = left;
  const panel = template.content.firstElementChild.cloneNode(true);
  const counts = { pieces: basket.pieces, waiting: waiting.length, since: when(basket.since) };
  for (const place of panel.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count];
  for (const part of panel.querySelectorAll("[data-if]")) part.hidden = !counts[part.dataset.if];
  for (const button of panel.querySelectorAll("[data-take]")) {
    button.addEventListener("click", async () => {
      const over = button.dataset.take === "over";
      await queue.take(left, over);
      panel.remove();
      if (over) resume();
    });
  }
  till.prepend(panel);
}
