// A scanner is told from a person by its rhythm: quick, or slow but steady (gaps of 77 to 127 ms were measured).
// And the sign of a key, also where an input method hides it.
const QUICK_MS = 50;
export const APART_MS = 200; // a longer gap begins anew
const STEADY = 0.25; // spread of the gaps of a slow scanner, as a share of their mean
const MEAN_MS = 140;
const CODE_MIN = 4;
const LONG_MIN = 8; // of a slow one, and of one without a suffix
const SHIFTED = { Digit8: "*", Digit9: "(", Digit0: ")", Semicolon: ":", Equal: "+", Minus: "_" };
const PLAIN = { Minus: "-", Slash: "/", Period: ".", BracketRight: "]", BracketLeft: "[", Semicolon: ";", Space: " ", Equal: "=",
  NumpadMultiply: "*", NumpadSubtract: "-", NumpadDecimal: ".", NumpadAdd: "+", Comma: ",", Quote: "'" };

export function isScanner(times, ended = "suffix") {
  const gaps = times.slice(1).map((time, n) => time - times[n]);
  if (times.length < (ended === "suffix" ? CODE_MIN : LONG_MIN)) return false;
  const sorted = [...gaps].sort((a, b) => a - b);
  if (sorted.at(-1) > APART_MS) return false;
  if (sorted[sorted.length >> 1] < QUICK_MS) return true;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  return times.length >= LONG_MIN && mean <= MEAN_MS && spread / mean <= STEADY;
}

// The sign of a key; an input method hides it, then the place of the key says it.
export function signOf(event) {
  if (event.key.length === 1 && !event.isComposing) return event.key;
  const place = /^(?:Key|Digit|Numpad)(\w)$/.exec(event.code);
  if (event.shiftKey && SHIFTED[event.code]) return SHIFTED[event.code];
  return place ? place[1] : (PLAIN[event.code] ?? "");
}
