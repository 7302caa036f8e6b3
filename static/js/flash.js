// Full-screen colour and a sound for what the scan did: data-flash="accepted" or "refused". The words stay in the page.
const SHOWN_MS = { accepted: 450, refused: 1100 };
const TONES = {
  accepted: [{ hz: 1320, at: 0, lasts: 0.09 }],
  refused: [{ hz: 220, at: 0, lasts: 0.18 }, { hz: 175, at: 0.22, lasts: 0.3 }],
};

let audio = null;

function sound(kind) {
  if (!("AudioContext" in window)) return;
  audio ??= new AudioContext();
  // Without a key or a touch before, the browser keeps it silent; the colour still speaks.
  if (audio.state === "suspended") audio.resume().catch(() => undefined);
  for (const tone of TONES[kind]) {
    const start = audio.currentTime + tone.at;
    const source = new OscillatorNode(audio, { type: kind === "accepted" ? "sine" : "square", frequency: tone.hz });
    const volume = new GainNode(audio, { gain: 0.15 });
    volume.gain.setValueAtTime(0.15, start + tone.lasts - 0.02);
    volume.gain.linearRampToValueAtTime(0, start + tone.lasts);
    source.connect(volume).connect(audio.destination);
    source.start(start);
    source.stop(start + tone.lasts);
  }
}

export function bind(element) {
  const kind = element.dataset.flash;
  if (!Object.hasOwn(TONES, kind)) return;
  const hide = () => {
    element.hidden = true;
    removeEventListener("keydown", hide, true);
    removeEventListener("pointerdown", hide, true);
  };
  element.hidden = false;
  sound(kind);
  setTimeout(hide, SHOWN_MS[kind]);
  // The next scan does not wait for the colour to go.
  addEventListener("keydown", hide, true);
  addEventListener("pointerdown", hide, true);
}
