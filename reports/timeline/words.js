// All that is text: banner, story, tables, tooltip. Names are put in as text and never as markup.
function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const wordOf = { violated: "VIOLATED", unknown: "UNDECIDED", holds: "HOLDS" };

function writeBanner() {
  const banner = byId("banner");
  banner.className = data.worst;
  const title = make("h1");
  title.append(make("span", wordOf[data.worst], { class: "word" }), data.headline);
  banner.append(title);
  for (const line of data.about) banner.append(make("p", line));
  const list = make("ul", undefined, { class: "verdicts", "aria-label": "Properties" });
  for (const verdict of data.verdicts) {
    const word = { violated: "✗ FAIL", unknown: "? UNKNOWN", holds: "✓ PASS" }[verdict.status];
    const item = make("li", undefined, { class: verdict.status, title: verdict.explanation });
    const promise = verdict.claimed || verdict.status === "holds" ? "" : " (not promised)";
    item.append(make("b", word), ` ${verdict.property}${promise}`);
    list.append(item);
  }
  banner.append(list);
  for (const warning of data.warnings) banner.append(make("p", `⚠ ${warning}`));
  document.title = `${wordOf[data.worst]}: ${data.name}`;
}

function writeStory() {
  const box = byId("story");
  if (!data.story) return;
  box.hidden = false;
  const list = make("ol");
  steps.forEach((step, index) => {
    const item = make("li", undefined, { id: `step-${index + 1}`, class: step.mark ? "wrong" : "" });
    const link = make("a", undefined, { href: `#step-${index + 1}` });
    const number = make("span");
    number.append(make("span", String(index + 1), { class: "number" }));
    const what = make("span", step.text, { class: "what" });
    if (step.mark) what.append(make("span", step.mark, { class: "mark" }));
    link.append(number, make("span", seconds(step.at, 1e10), { class: "time" }),
                make("span", step.who, { class: "who" }), what);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(index);
    });
    item.append(link);
    list.append(item);
  });
  box.append(list);
  const add = (name, text) => {
    if (!text) return;
    const line = make("p");
    line.append(make("b", `${name}: `), text);
    box.append(line);
  };
  add("Why", data.story.why);
  add("But", data.story.harm);
  for (const advice of data.story.advice) add("Try", advice);
}

function markStep() {
  steps.forEach((_, index) => {
    byId(`step-${index + 1}`).classList.toggle("now", index === view.step);
  });
}

// Every mark of the picture but the messages, in time order.
function allEvents() {
  const events = [];
  const add = (at, who, what, wrong = false) => events.push({ at, who, what, wrong });
  for (const belief of data.beliefs) {
    const token = belief.token === "0" ? "" : ` with token ${belief.token}`;
    add(belief.from, nameOf(belief.process), `believes it holds ${data.locks[belief.lock]}${token}`);
    if (belief.to !== null) {
      add(belief.to, nameOf(belief.process), `believes no more (${belief.end})`);
    }
  }
  for (const overlap of data.overlaps) {
    add(overlap.from, overlap.processes.map(nameOf).join(" and "),
        `both believe that they hold ${data.locks[overlap.lock]}`, true);
  }
  for (const grant of data.grants) {
    add(grant.from, grant.server, `grants ${data.locks[grant.lock]} to ${nameOf(grant.holder)}`);
    if (grant.to !== null) {
      add(grant.to, grant.server,
          `the grant of ${data.locks[grant.lock]} to ${nameOf(grant.holder)} is ${grant.how}`);
    }
  }
  for (const access of data.accesses) {
    add(access.at, data.resourceNode || "resource", wordsOf(access).replaceAll("\n", "; "),
        access.accepted && (access.lost || access.late && access.write));
  }
  for (const fault of data.faults) add(fault.from, "fault", fault.text);
  for (const [node, state, from] of data.nodes) if (from > 0) add(from, node, state);
  for (const [at, node, text] of data.notes) add(at, data.traceNodes[node], data.texts[text]);
  return events.sort((a, b) => a.at - b.at);
}

function tableOf(caption, heads, lines) {
  const table = make("table");
  table.append(make("caption", caption));
  const head = make("tr");
  heads.forEach((text, index) => {
    head.append(make("th", text, { scope: "col", class: index === 0 ? "time" : "" }));
  });
  const top = make("thead");
  top.append(head);
  const body = make("tbody");
  for (const { cells, wrong } of lines) {
    const line = make("tr", undefined, { class: wrong ? "wrong" : "" });
    cells.forEach((text, index) => line.append(make("td", text, { class: index === 0 ? "time" : "" })));
    body.append(line);
  }
  table.append(top, body);
  return table;
}

function writeEvents() {
  const most = 5000;
  const events = allEvents();
  const from = data.story ? Math.max(0, events.findIndex((e) => e.at >= data.story.from) - most / 2) : 0;
  const shown = events.length <= most ? events : events.slice(from, from + most);
  const caption = shown.length === events.length ? `All ${events.length} events of the run`
    : `${shown.length} of ${events.length} events, around the violation`;
  byId("events").replaceChildren(tableOf(caption, ["time in s", "who", "what"], shown.map(
    ({ at, who, what, wrong }) => ({ cells: [seconds(at, 1e7), who, wrong ? `✗ ${what}` : what], wrong }))));
}

let trafficTimer = 0;
function writeTraffic() {
  clearTimeout(trafficTimer);
  trafficTimer = setTimeout(() => {
    const found = messagesInView();
    byId("window").textContent = `${seconds(Math.max(view.from, 0), span())} s to ` +
      `${seconds(Math.min(view.to, end), span())} s`;
    const caption = found.length > mostMessages
      ? `Messages in view: ${found.length}, too many to list; zoom in`
      : `Messages in view: ${found.length}`;
    const lines = found.length > mostMessages ? [] : found.map(([from, to, sent, received, text]) => (
      { cells: [seconds(sent, 1e6), data.traceNodes[from], data.traceNodes[to], data.texts[text],
                received === null ? "never" : seconds(received, 1e6)], wrong: received === null }));
    byId("traffic").replaceChildren(
      tableOf(caption, ["sent at, in s", "from", "to", "message", "arrived at"], lines));
  }, 150);
}

// A wall clock that counts from 1970 is told as a time of day.
function wallText(ns) {
  return ns > 1e17 ? `${new Date(ns / 1e6).toISOString().slice(11, 23)} UTC`
                   : `${seconds(ns, 1e10)} s`;
}

// Clocks are told against the middle one of all: true time has no date to compare with.
function writeClocks() {
  if (view.cursor === null) return;
  const clocks = [];
  for (const [node, samples] of Object.entries(data.clocks)) {
    const clock = clockAt(samples, view.cursor);
    if (clock) clocks.push({ name: data.traceNodes[node], ahead: clock.wall - view.cursor, ...clock });
  }
  const middle = clocks.map((clock) => clock.ahead).sort((a, b) => a - b)[clocks.length >> 1] ?? 0;
  const parts = clocks.map(({ name, ahead, wall, steady }) => {
    const off = ahead - middle;
    const skew = Math.abs(off) < 5e5 ? ""
      : ` (${lengthOf(Math.abs(off))} ${off < 0 ? "behind" : "ahead of"} the others)`;
    return `${name}: wall clock ${wallText(wall)}${skew}, monotonic ${seconds(steady, 1e10)} s`;
  });
  byId("clocks").textContent =
    [`at ${seconds(view.cursor, 1e7)} s of true time`, ...parts].join("  ·  ");
}

function listenForTips() {
  const tip = byId("tip");
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    let best = null;
    for (const mark of marks) {
      if (x < mark.x0 || x > mark.x1 || y < mark.y0 || y > mark.y1) continue;
      if (!best || mark.weight >= best.weight) best = mark;
    }
    tip.hidden = !best;
    if (!best) return;
    tip.textContent = best.text;
    tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 8)}px`;
  });
  chart.addEventListener("pointerleave", () => { tip.hidden = true; });
}

function writeLegend() {
  const legend = byId("legend");
  const add = (text, draw) => {
    const item = make("span");
    const canvas = make("canvas");
    item.append(canvas, text);
    legend.append(item);
    pen = fitCanvas(canvas, 16);
    draw();
  };
  readInk();
  legend.replaceChildren();
  const box = (fill, outline) => {
    pen.fillStyle = fill;
    if (fill) pen.fillRect(1, 2, 32, 12);
    pen.strokeStyle = outline;
    pen.strokeRect(1.5, 2.5, 31, 11);
  };
  add("waits", () => box("", ink.muted));
  add("believes, or is granted", () => box(colourOf(0), ink.ink));
  add("paused or down", () => box(pattern(ink.pause, "pause"), ink.pause));
  add("fault in force", () => box(pattern(ink.fault, "fault"), ink.fault));
  add("violation", () => box(pattern(ink.bad, "bad"), ink.bad));
  const access = (write, accepted, late) => (
    { process: 0, write, accepted, late, lost: false, token: "7" });
  add("write accepted, with its token", () => paintAccess(access(true, true, false), 10, 8, true, false));
  add("late write accepted", () => paintAccess(access(true, true, true), 10, 8, true, false));
  add("write refused", () => paintAccess(access(true, false, true), 10, 8, true, false));
  add("read", () => paintAccess(access(false, true, false), 16, 8, true, true));
  marks.length = 0;
}
