// Full-screen colour, sound and vibration for what each scan did: data-flash="accepted refused asks …", in their order; the
// colour is that of a refusal if there is one. The words stay in the page.
const SHOWN_MS = { accepted: 450, refused: 1100, asks: 1100 };
const TONES = {
  accepted: [{ hz: 1320, at: 0, lasts: 0.09 }],
  refused: [{ hz: 220, at: 0, lasts: 0.18 }, { hz: 175, at: 0.22, lasts: 0.3 }],
  asks: [{ hz: 660, at: 0, lasts: 0.12 }, { hz: 880, at: 0.18, lasts: 0.2 }],
};

const SHAKES = { accepted: [60], refused: [140, 80, 140], asks: [60, 60, 60] };
const BETWEEN_S = 0.16;
const SOUNDS_MOST = 12;

let audio = null;

function shake(kind) {
  // Before a first key or touch the browser would only complain.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(SHAKES[kind]);
}

function sound(kinds) {
  if (!("AudioContext" in window)) return;
  audio ??= new AudioContext();
  // Without a key or a touch before, the browser keeps it silent; the colour still speaks.
  if (audio.state === "suspended") audio.resume().catch(() => undefined);
  let begins = audio.currentTime;
  for (const kind of kinds) {
    for (const tone of TONES[kind]) play(kind, tone, begins + tone.at);
    begins += TONES[kind].at(-1).at + TONES[kind].at(-1).lasts + BETWEEN_S;
  }
}

function play(kind, tone, start) {
  const source = new OscillatorNode(audio, { type: kind === "refused" ? "square" : "sine", frequency: tone.hz });
  const volume = new GainNode(audio, { gain: 0.15 });
  volume.gain.setValueAtTime(0.15, start + tone.lasts - 0.02);
  volume.gain.linearRampToValueAtTime(0, start + tone.lasts);
  source.connect(volume).connect(audio.destination);
  source.start(start);
  source.stop(start + tone.lasts);
}

export function bind(element) {
  const kinds = element.dataset.flash.split(" ").filter((kind) => Object.hasOwn(TONES, kind));
  if (!kinds.length) return;
  const kind = kinds.includes("refused") ? "refused" : kinds.at(-1);
  const hide = () => {
    element.hidden = true;
    removeEventListener("keydown", hide, true);
    removeEventListener("pointerdown", hide, true);
  };
  element.hidden = false;
  sound(kinds.slice(-SOUNDS_MOST));
  shake(kind);
  setTimeout(hide, SHOWN_MS[kind]);
  // The next scan does not wait for the colour to go.
  addEventListener("keydown", hide, true);
  addEventListener("pointerdown", hide, true);
}
