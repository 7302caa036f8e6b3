// Binds every element with data-behaviour="name [name]" to the module of that name, once.
// Each module exports bind(element). A page works without any of them.
const BEHAVIOURS = {
  amount: () => import("./amount.js"),
  camera: () => import("./camera.js"),
  copy: () => import("./copy.js"),
  enter: () => import("./enter.js"),
  flash: () => import("./flash.js"),
  folded: () => import("./folded.js"),
  focus: () => import("./focus.js"),
  leaving: () => import("./leaving.js"),
  moves: () => import("./moves.js"),
  price: () => import("./price.js"),
  progress: () => import("./progress.js"),
  rest: () => import("./rest.js"),
  "submit-once": () => import("./submit-once.js"),
  till: () => import("./till.js"),
  wage: () => import("./wage.js"),
};

const bound = new WeakMap();

async function bindOne(element) {
  const done = bound.get(element) ?? new Set();
  bound.set(element, done);
  for (const name of element.dataset.behaviour.split(/\s+/)) {
    if (done.has(name) || !Object.hasOwn(BEHAVIOURS, name)) continue;
    done.add(name);
    const module = await BEHAVIOURS[name]();
    module.bind(element);
  }
}

function bindAll(root) {
  if (root.matches?.("[data-behaviour]")) bindOne(root);
  for (const element of root.querySelectorAll("[data-behaviour]")) bindOne(element);
}

document.documentElement.classList.add("has-js");
bindAll(document);
// A behaviour that puts new content into the page tells so by this event, fired on the new content.
document.addEventListener("charity:render", (event) => bindAll(event.target));
