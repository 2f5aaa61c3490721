// The run as the page draws it: one row for whoever takes part in it, with what belongs into it.
const end = Math.max(data.ended, 1);
const until = (to) => (to === null ? end : to);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const clientNames = data.clients;
const clientIndex = new Map(clientNames.map((name, index) => [name, index]));
const nameOf = (process) => clientNames[process] ?? (process < 0 ? "?" : `process ${process}`);
const letterOf = (process) => (process < 0 ? "?" : String(process + 1));
const tokenOf = (token) => (token === "0" ? "" : ` · token ${token}`);

// Spans in the order of their beginnings, with the longest, so that those in view are found fast.
function sorted(list, from = (one) => one.from, to = (one) => until(one.to)) {
  list.sort((a, b) => from(a) - from(b));
  list.longest = list.reduce((most, one) => Math.max(most, to(one) - from(one)), 0);
  list.starts = Float64Array.from(list, from);
  list.ends = Float64Array.from(list, to);
  return list;
}

// Faults that are in force at once stand below each other, as far as there is room.
function placeFaults() {
  const ends = [];
  for (const fault of sorted(data.faults)) {
    let lane = ends.findIndex((free) => free <= fault.from);
    if (lane < 0) lane = ends.length < 6 ? ends.length : ends.indexOf(Math.min(...ends));
    ends[lane] = until(fault.to);
    fault.lane = lane;
  }
  return Math.max(ends.length, 1);
}

function groupBy(list, key) {
  const groups = new Map();
  for (const one of list) {
    if (!groups.has(key(one))) groups.set(key(one), []);
    groups.get(key(one)).push(one);
  }
  for (const group of groups.values()) sorted(group);
  return groups;
}

data.waits = data.waits.map(([process, from, to, result, lock]) => ({ process, from, to, result, lock }));
const beliefsOf = groupBy(data.beliefs, (one) => one.process);
const waitsOf = groupBy(data.waits, (one) => one.process);
const grantsOf = groupBy(data.grants, (one) => one.holder);
const grantsOfLock = groupBy(data.grants, (one) => one.lock);
const grantsBy = groupBy(data.grants, (one) => one.server);
const leadsOf = groupBy(data.leads.map(([node, term, from, to]) => ({ node, term, from, to })),
                        (one) => data.traceNodes[one.node]);
sorted(data.overlaps);
sorted(data.accesses, (one) => one.at, (one) => one.at);
const none = sorted([]);

// Rows from top to bottom. `node` is what messages and faults know it by.
function makeRows() {
  const all = [{ kind: "verdict", label: "violations", height: 30 },
               { kind: "faults", label: "faults", height: 6 + placeFaults() * 20 }];
  clientNames.forEach((name, process) => {
    all.push({ kind: "client", label: name, node: name, process, height: 62,
               beliefs: beliefsOf.get(process) ?? none, waits: waitsOf.get(process) ?? none,
               grants: grantsOf.get(process) ?? none });
  });
  data.locks.forEach((name, lock) => {
    all.push({ kind: "lock", label: name, note: "as the service sees it", lock, height: 36,
               grants: grantsOfLock.get(lock) ?? none });
  });
  for (const name of data.servers) {
    all.push({ kind: "server", label: name, node: name, height: 34,
               grants: grantsBy.get(name) ?? none, leads: leadsOf.get(name) ?? none });
  }
  if (data.accesses.length > 0 || data.resourceNode) {
    all.push({ kind: "resource", label: data.resourceNode || "resource",
               note: "reads and writes", node: data.resourceNode, height: 40 });
  }
  return all;
}
const allRows = makeRows();
const rowOfNode = new Map(allRows.filter((row) => row.node).map((row) => [row.node, row]));
const resourceRow = allRows.find((row) => row.kind === "resource");
const faultsRow = allRows.find((row) => row.kind === "faults");
const lockRow = (lock) => allRows.find((row) => row.kind === "lock" && row.lock === lock);

// The rows that are shown, with their places.
const rows = [];
function layOut() {
  rows.length = 0;
  let top = 28;  // the axis
  for (const row of allRows) {
    row.shown = !hidden.rows.has(row.label);
    if (!row.shown) continue;
    row.top = top;
    top += row.height;
    rows.push(row);
  }
  rows.height = top + 4;
}

// What the reader does not want to see.
const hidden = { rows: new Set(), kinds: new Set(), locks: new Set() };

// Spans of a node that is not up: {state, from, to}.
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
  return rowOfNode.get(step.who) ?? faultsRow;
}
const steps = data.story ? data.story.steps.map((step, index) => (
  { ...step, index, row: rowOfStep(step) })) : [];

// What the page shows first: the violation with some room, else the whole run.
function storyWindow() {
  if (!data.story) return [0, end];
  const room = Math.max((data.story.to - data.story.from) * 0.08, 2e6);
  return [data.story.from - room, data.story.to + room];
}

// A node's own clocks at an instant: straight lines between the samples of the trace.
function clockAt(samples, at) {
  if (!samples || samples.length === 0) return null;
  const low = Math.max(0, firstNotBelow(samples.length, (i) => samples[i][0], at + 1) - 1);
  const a = samples[low];
  const b = samples[low + 1];
  const part = b ? Math.min(1, Math.max(0, (at - a[0]) / Math.max(1, b[0] - a[0]))) : 0;
  return { wall: at + a[1] + (b ? (b[1] - a[1]) * part : 0),
           steady: at + a[2] + (b ? (b[2] - a[2]) * part : 0) };
}
// Clocks are told against the middle one of all: true time has no date to compare with.
const middleClock = (() => {
  const firsts = Object.values(data.clocks).filter((samples) => samples.length > 0)
    .map((samples) => samples[0][1]).sort((a, b) => a - b);
  return firsts[firsts.length >> 1] ?? 0;
})();
