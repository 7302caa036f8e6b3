// Signing out: what is not finished on this device is shown first. Where nothing is, or the device keeps nothing, it goes on.
import { unfinished } from "./queue.js";

export function bind(form) {
  let sure = false;
  form.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    const account = form.dataset.account;
    const left = await unfinished(account);
    const go = async () => {
      sure = true;
      await unfinished(account, true);
      form.submit();
    };
    const template = document.querySelector("template[data-leaving]");
    if (!left || !template) {
      go();
      return;
    }
    document.querySelector(".leaving")?.remove();
    const asks = template.content.cloneNode(true);
    for (const place of asks.querySelectorAll("[data-count]")) place.textContent = left[place.dataset.count];
    for (const part of asks.querySelectorAll("[data-if]")) part.hidden = !left[part.dataset.if];
    asks.querySelector("a").href = `/stores/${left.counter}`;
    asks.querySelector("button").addEventListener("click", go);
    document.querySelector("main").prepend(asks);
    document.querySelector(".leaving a").focus();
  });
}
