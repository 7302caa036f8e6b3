// The phone's camera as a scanner. What it reads goes to the till as `charity:scan`, like what a scanner types; a code
// counts once until it has left the view. Pictures never leave the phone, and none is kept.
import { reader } from "./barcodes.js";

const LOOK_MS = 100; // between two looks at the picture
const STEADY = 2; // looks that must read the same
const GONE_MS = 2000; // a code that was out of view for so long counts again
const IDLE_MS = 120_000; // without a code: off
const PICTURE = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 }, advanced: [{ focusMode: "continuous" }] };
const WANTED = "camera"; // on over the pages of one tab, until it is switched off
const WORDS = { NotAllowedError: "denied", NotFoundError: "absent", OverconstrainedError: "absent", NotReadableError: "busy" };

let session = null; // { element, stream, read, sights: text -> { looks, at }, at }
let opening = false;
let audio = null;

function click() {
  navigator.vibrate?.(30);
  if (audio?.state !== "running") return;
  const source = new OscillatorNode(audio, { type: "square", frequency: 1800 });
  source.connect(new GainNode(audio, { gain: 0.08 })).connect(audio.destination);
  source.start();
  source.stop(audio.currentTime + 0.02);
}

function show(element, words = "") {
  const open = session?.element === element;
  const button = element.querySelector("[data-camera-switch]");
  button.hidden = false;
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? button.dataset.close : button.dataset.open;
  element.querySelector("[data-camera-view]").hidden = !open;
  element.querySelector("[data-camera-words]").textContent = element.dataset[words] ?? "";
  if (!open) return;
  const video = element.querySelector("video");
  video.srcObject = session.stream;
  video.play().catch(() => undefined);
  const [track] = session.stream.getVideoTracks();
  const torch = element.querySelector("[data-torch]");
  torch.hidden = !track.getCapabilities?.().torch;
  torch.setAttribute("aria-pressed", String(Boolean(track.getSettings().torch)));
}

function close(words = "") {
  const { stream, element } = session;
  session = null;
  for (const track of stream.getTracks()) track.stop();
  element.querySelector("video").srcObject = null;
  show(element, words);
}

function off(words = "") {
  sessionStorage.removeItem(WANTED);
  close(words);
}

function take(texts) {
  const now = performance.now();
  for (const [n, text] of texts.entries()) {
    const sight = session.sights.get(text) ?? { looks: 0 };
    session.sights.set(text, Object.assign(sight, { at: now }));
    // A package may show several codes: the one in the middle of the picture is meant.
    if (n > 0 || ++sight.looks !== STEADY) continue;
    session.at = now;
    click();
    document.querySelector(".till-form")?.dispatchEvent(new CustomEvent("charity:scan", { detail: { text } }));
  }
  for (const [text, sight] of session.sights) if (now - sight.at > GONE_MS) session.sights.delete(text);
}

async function watch(mine) {
  while (session === mine) {
    if (!mine.element.isConnected) {
      // The answer to a scan was put in place of the till.
      const next = document.querySelector("[data-camera]");
      if (!next) return close();
      mine.element = next;
      show(next);
    }
    const video = mine.element.querySelector("video");
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      const texts = await mine.read(video).catch(() => null);
      if (session !== mine) return;
      if (texts) take(texts);
      else if (mine.element.isConnected) return off("broken");
    }
    if (performance.now() - mine.at > IDLE_MS) return off("idle");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function open(element) {
  if (opening || session) return;
  if (!isSecureContext || !navigator.mediaDevices) {
    show(element, "insecure");
    return;
  }
  opening = true;
  let stream = null;
  let words = "";
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: PICTURE });
    const mine = { element, stream, read: await reader(element.dataset), sights: new Map(), at: performance.now() };
    if (!document.hidden) session = mine;
  } catch (error) {
    words = WORDS[error.name] ?? "broken";
  }
  opening = false;
  if (session) {
    sessionStorage.setItem(WANTED, "on");
    const mine = session;
    stream.getVideoTracks()[0].addEventListener("ended", () => session === mine && off("busy"));
    watch(mine);
  } else {
    for (const track of stream?.getTracks() ?? []) track.stop();
  }
  show(element, words);
}

async function light(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  await session.stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  button.setAttribute("aria-pressed", String(on));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden && session) close();
  const element = document.querySelector("[data-camera]");
  if (!document.hidden && element && sessionStorage.getItem(WANTED)) open(element);
});

export function bind(element) {
  if (session && !session.element.isConnected) session.element = element;
  show(element);
  element.querySelector("[data-camera-switch]").addEventListener("click", () => {
    audio ??= "AudioContext" in window ? new AudioContext() : null;
    if (session) off();
    else open(element);
  });
  element.querySelector("[data-torch]").addEventListener("click", (event) => light(event.currentTarget).catch(() => undefined));
  if (!session && sessionStorage.getItem(WANTED)) open(element);
}
