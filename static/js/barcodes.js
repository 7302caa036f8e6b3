// Codes in a picture, nearest to its middle first: read by the browser where it can read all kinds, else by ours.
const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "itf", "code_128", "data_matrix", "qr_code"];
const CHECKED = new Set(["ean_13", "ean_8", "upc_a", "itf"]); // digits whose last one checks the others
const ITF_LENGTH = 14; // a piece of a striped code reads as a shorter one

function holds({ format, rawValue: text }) {
  if (!CHECKED.has(format)) return text !== "";
  if (!/^\d+$/.test(text) || (format === "itf" && text.length !== ITF_LENGTH)) return false;
  return [...text].reverse().reduce((sum, digit, n) => sum + Number(digit) * (n % 2 ? 3 : 1), 0) % 10 === 0;
}

async function native() {
  const formats = (await window.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  return FORMATS.every((format) => formats.includes(format)) ? new window.BarcodeDetector({ formats: FORMATS }) : null;
}

let loaded = null;

// A classic script, and its wasm, both from our own host.
async function ours({ reader, wasm }) {
  loaded ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: reader, onload: resolve, onerror: reject }));
  }).then(() => window.BarcodeDetectionAPI.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true }));
  try {
    await loaded;
  } catch (error) {
    loaded = null; // asked for again the next time
    throw error;
  }
  return new window.BarcodeDetectionAPI.BarcodeDetector({ formats: FORMATS });
}

// A function from a video to the texts that it shows; `files` names where ours is.
export async function reader(files) {
  let own = await native();
  let other = own ? null : await ours(files);
  const detect = async (video) => {
    if (!own) return other.detect(video);
    try {
      return await own.detect(video);
    } catch {
      // A phone without Google's services says that it can read, and reads nothing.
      other = await ours(files);
      own = null;
      return other.detect(video);
    }
  };
  return async (video) => {
    const [x, y] = [video.videoWidth / 2, video.videoHeight / 2];
    const far = ({ boundingBox: box }) => Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
    const codes = (await detect(video)).filter(holds).sort((one, next) => far(one) - far(next));
    return codes.map((code) => code.rawValue);
  };
}
