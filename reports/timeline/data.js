// Reads the run out of the page. A large one stands there compressed, and is unpacked by the browser.
const byId = (id) => document.getElementById(id);

async function readData() {
  const element = byId("data");
  const text = element.textContent;
  element.textContent = "";
  if (element.dataset.packed !== "gzip") return JSON.parse(text);
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}
const data = await readData();

// Names and values may be of any length: nobody reads more of them than this at once.
function brief(text, most = 300) {
  const all = String(text);
  return all.length <= most ? all : `${all.slice(0, most)}… (${all.length} characters)`;
}
for (const list of [data.clients, data.servers, data.locks, data.traceNodes]) {
  data.full ??= new Map();
  list.forEach((name, index) => {
    list[index] = brief(name);
    if (list[index] !== name) data.full.set(list[index], name);
  });
}
data.resourceNode = brief(data.resourceNode);
for (const one of data.grants) one.server = brief(one.server);
for (const node of data.nodes) node[0] = brief(node[0]);
for (const step of data.story ? data.story.steps : []) step.who = brief(step.who);

// Messages as columns: six numbers each in the file.
const messages = (() => {
  const flat = data.messages;
  const count = flat.length / 6;
  const columns = { count, from: new Uint16Array(count), to: new Uint16Array(count),
                    sent: new Float64Array(count), got: new Float64Array(count),
                    text: new Uint32Array(count), cause: new Int32Array(count) };
  for (let i = 0, at = 0; i < count; i++, at += 6) {
    columns.from[i] = flat[at];
    columns.to[i] = flat[at + 1];
    columns.sent[i] = flat[at + 2];
    columns.got[i] = flat[at + 3] < 0 ? -1 : flat[at + 2] + flat[at + 3];
    columns.text[i] = flat[at + 4];
    columns.cause[i] = flat[at + 5];
  }
  data.messages = null;
  return columns;
})();

// Nanoseconds as seconds with as many decimals as the span in view needs.
function seconds(ns, span) {
  const digits = span > 60e9 ? 1 : span > 2e9 ? 3 : span > 2e6 ? 6 : 9;
  return (Math.floor(ns / 10 ** (9 - digits)) / 10 ** digits).toFixed(digits);
}
function lengthOf(ns) {
  if (ns >= 1e9) return `${+(ns / 1e9).toFixed(3)} s`;
  if (ns >= 1e6) return `${+(ns / 1e6).toFixed(3)} ms`;
  return `${+(ns / 1e3).toFixed(3)} µs`;
}

// The first index of a sorted list whose value is not below `value`.
function firstNotBelow(count, valueAt, value) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
