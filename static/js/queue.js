// The queue of scans: each is kept on this device first, is sent in order, and goes when it is answered. Beside it stands the
// basket as it was last answered. Codes and counts only, never a name; bound to store, page and account; gone when handed
// out or cleared, after HOURS, and at a sign-out. Where the device keeps nothing, all of it works from memory.
const NAME = "charity-scans";
const HOURS = 12;
const LOCK_MS = 1500; // a page that goes may hold its lock a moment longer
const WORDS = /[^\x20-\x7e\uff01-\uff5e\u3000×]/; // a typed name is no code: it stays in memory

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
const kept = (transaction) => new Promise((done, failed) => {
  transaction.oncomplete = done;
  transaction.onabort = transaction.onerror = () => failed(transaction.error);
});

async function database() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("scans", { keyPath: "key" });
    request.result.createObjectStore("baskets", { keyPath: "place" });
  };
  const opened = await asked(request);
  opened.onversionchange = () => opened.close();
  const [scans, baskets] = await everything(opened);
  const since = Date.now() - HOURS * 3600_000;
  const fresh = new Set(baskets.filter((basket) => basket.at > since).map((basket) => basket.place));
  const writing = opened.transaction(["scans", "baskets"], "readwrite");
  for (const basket of baskets) if (!fresh.has(basket.place)) writing.objectStore("baskets").delete(basket.place);
  for (const scan of scans) if (scan.at <= since) writing.objectStore("scans").delete(scan.key);
  await kept(writing);
  return opened;
}

function everything(opened) {
  const reading = opened.transaction(["scans", "baskets"]);
  return Promise.all(["scans", "baskets"].map((name) => asked(reading.objectStore(name).getAll())));
}

// Two windows of one till must not both send what waits: the second one works from memory.
const alone = (place) => new Promise((done) => {
  if (!navigator.locks) return done(true);
  const options = { signal: AbortSignal.timeout(LOCK_MS) };
  navigator.locks.request(`${NAME} ${place}`, options, () => (done(true), new Promise(() => undefined))).catch(() => done(false));
});

export class Queue {
  entries = []; // {key, at, text} of a scan, {key, at, act, code} of a button; in the order in which they came
  basket = null; // {place, counter, account, at, since, pieces, fields: [[name, value]]}
  lasting = false;
  #database = null;
  #last = 0;

  static async open(counter, account) {
    const queue = new Queue();
    Object.assign(queue, { counter, account, place: `${counter} ${account}` });
    if (!(await alone(queue.place))) return queue;
    try {
      queue.#database = await database();
      queue.lasting = true;
      const [scans, baskets] = await everything(queue.#database);
      queue.entries = scans.filter((scan) => scan.place === queue.place).map((scan) => ({ ...scan, ready: true }));
      queue.basket = baskets.find((basket) => basket.place === queue.place) ?? null;
      queue.#last = scans.at(-1)?.key ?? 0;
    } catch {
      queue.lasting = false;
    }
    return queue;
  }

  async #write(work) {
    if (!this.lasting) return;
    try {
      const writing = this.#database.transaction(["scans", "baskets"], "readwrite");
      work(writing.objectStore("scans"), writing.objectStore("baskets"));
      await kept(writing);
    } catch {
      this.lasting = false; // full, or taken away: what is in memory goes on
    }
  }

  // Its place in the order is taken at once, it is sent only when it is kept.
  async put(entry) {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    const whole = { ...entry, key: this.#last, place: this.place, at: Date.now() };
    this.entries.push(whole);
    if (!WORDS.test(entry.text ?? "")) await this.#write((scans) => scans.put(whole));
    whole.ready = true;
  }

  // What was answered goes in the same step in which the basket of the answer comes.
  async answered(entries, basket) {
    const gone = new Set(entries.map((entry) => entry.key));
    this.entries = this.entries.filter((entry) => !gone.has(entry.key));
    const now = Date.now();
    const { place, counter, account } = this;
    this.basket = basket && { place, counter, account, at: now, since: this.basket?.since ?? now, ...basket };
    await this.#write((scans, baskets) => {
      for (const key of gone) scans.delete(key);
      if (this.basket) baskets.put(this.basket);
      else baskets.delete(place);
    });
  }

  // What somebody else left at this till on this device: [basket, the scans that wait], or null.
  async left() {
    if (!this.lasting) return null;
    const [scans, baskets] = await everything(this.#database);
    const theirs = ({ place }) => place.startsWith(`${this.counter} `) && place !== this.place;
    const first = scans.find(theirs);
    const basket = baskets.find(theirs) ?? (first && { place: first.place, counter: this.counter, at: first.at, since: first.at, pieces: 0, fields: [] });
    return basket ? [basket, scans.filter((scan) => scan.place === basket.place)] : null;
  }

  async take([basket, waiting], over) {
    const { place, account } = this;
    const mine = waiting.map((scan) => ({ ...scan, place }));
    await this.#write((scans, baskets) => {
      baskets.delete(basket.place);
      if (over) baskets.put({ ...basket, place, account });
      for (const scan of mine) if (over) scans.put(scan);
      else scans.delete(scan.key);
    });
    if (!over) return;
    this.basket = { ...basket, place, account };
    this.entries = [...mine.map((scan) => ({ ...scan, ready: true })), ...this.entries];
  }
}

// What this account has not finished on this device: {counter, pieces, waiting}, or null. `forget`: it goes.
export async function unfinished(account, forget = false) {
  try {
    const opened = await database();
    const [scans, baskets] = await everything(opened);
    const mine = scans.filter((scan) => scan.place.endsWith(` ${account}`));
    const basket = baskets.find((each) => each.account === account);
    if (forget) {
      const writing = opened.transaction(["scans", "baskets"], "readwrite");
      for (const scan of mine) writing.objectStore("scans").delete(scan.key);
      for (const each of baskets) if (each.account === account) writing.objectStore("baskets").delete(each.place);
      await kept(writing);
    }
    opened.close();
    const counter = basket?.counter ?? mine[0]?.place.split(" ")[0];
    return counter ? { counter, pieces: basket?.pieces ?? 0, waiting: mine.length } : null;
  } catch {
    return null;
  }
}
