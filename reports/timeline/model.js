// The run as the page draws it: data from the file, and one row for whoever takes part in it.
const data = JSON.parse(document.getElementById("data").textContent);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const byId = (id) => document.getElementById(id);

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

const end = Math.max(data.ended, 1);
const until = (to) => (to === null ? end : to);

const clientNames = data.clients;
const clientIndex = new Map(clientNames.map((name, index) => [name, index]));
const nameOf = (process) => clientNames[process] ?? (process < 0 ? "?" : `process ${process}`);
const letterOf = (process) => (process < 0 ? "?" : String(process + 1));
const colourOf = (process) => (process < 0 ? css("--muted") : css(`--c${process % 6}`));

// Faults that are in force at once stand below each other, as far as there is room.
function placeFaults() {
  const ends = [];
  for (const fault of data.faults) {
    let lane = ends.findIndex((free) => free <= fault.from);
    if (lane < 0) lane = ends.length < 6 ? ends.length : ends.indexOf(Math.min(...ends));
    ends[lane] = until(fault.to);
    fault.lane = lane;
  }
  return Math.max(ends.length, 1);
}

// Rows from top to bottom. `node` is what messages and faults know it by.
function makeRows() {
  const rows = [{ kind: "verdict", label: "violations", height: 30 },
                { kind: "faults", label: "faults", height: 6 + placeFaults() * 20 }];
  clientNames.forEach((name, process) => {
    rows.push({ kind: "client", label: name, node: name, process, height: 46 });
  });
  data.locks.forEach((name, lock) => {
    rows.push({ kind: "lock", label: name, note: "as the service sees it", lock, height: 36 });
  });
  for (const name of data.servers) rows.push({ kind: "server", label: name, node: name, height: 26 });
  if (data.accesses.length > 0 || data.resourceNode) {
    rows.push({ kind: "resource", label: data.resourceNode || "resource",
                note: "reads and writes", node: data.resourceNode, height: 40 });
  }
  let top = 28;  // the axis
  for (const row of rows) {
    row.top = top;
    top += row.height;
  }
  rows.height = top + 4;
  return rows;
}
const rows = makeRows();
const rowOfNode = new Map(rows.filter((row) => row.node).map((row) => [row.node, row]));
const resourceRow = rows.find((row) => row.kind === "resource");
const lockRow = (lock) => rows.find((row) => row.kind === "lock" && row.lock === lock);

// Spans of a node that is not up: [state, from, to].
const nodeSpans = new Map();
for (const [node, state, from] of data.nodes) {
  if (!nodeSpans.has(node)) nodeSpans.set(node, []);
  const spans = nodeSpans.get(node);
  if (spans.length > 0) spans[spans.length - 1].to = from;
  spans.push({ state, from, to: end });
}

// Steps of the story: where each is drawn, and what it is about.
function rowOfStep(step) {
  if (step.kind === "granted" || step.kind === "grant_end") {
    return lockRow(data.story.lock) ?? rowOfNode.get(step.who);
  }
  if (step.kind === "accepted" || step.kind === "refused") return resourceRow;
  return rowOfNode.get(step.who) ?? rows.find((row) => row.kind === "faults");
}
const steps = data.story ? data.story.steps.map((step, index) => (
  { ...step, index, row: rowOfStep(step) })) : [];

// What the page shows first: the violation with some room, else the whole run.
function storyWindow() {
  if (!data.story || data.story.to <= data.story.from) {
    const at = data.story ? data.story.at : 0;
    return data.story ? [at - 1e9, at + 1e9] : [0, end];
  }
  const room = (data.story.to - data.story.from) * 0.08;
  return [data.story.from - room, data.story.to + room];
}

// A node's own clocks at an instant: straight lines between the samples of the trace.
function clockAt(samples, at) {
  if (!samples || samples.length === 0) return null;
  let low = 0;
  while (low + 1 < samples.length && samples[low + 1][0] <= at) low++;
  const a = samples[low];
  const b = samples[low + 1];
  const part = b ? Math.min(1, Math.max(0, (at - a[0]) / Math.max(1, b[0] - a[0]))) : 0;
  return { wall: at + a[1] + (b ? (b[1] - a[1]) * part : 0),
           steady: at + a[2] + (b ? (b[2] - a[2]) * part : 0) };
}
