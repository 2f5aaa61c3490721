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
  title.append(make("span", wordOf[data.worst], { class: "word" }), brief(data.headline, 600));
  banner.append(title);
  for (const line of data.about) banner.append(make("p", brief(line, 1000)));
  const list = make("ul", undefined, { class: "verdicts", "aria-label": "Properties" });
  for (const verdict of data.verdicts) {
    const word = { violated: "✗ FAIL", unknown: "? UNKNOWN", holds: "✓ PASS" }[verdict.status];
    const item = make("li", undefined, { class: verdict.status, title: brief(verdict.explanation, 1000) });
    const promise = verdict.claimed || verdict.status === "holds" ? "" : " (not promised)";
    item.append(make("b", word), ` ${verdict.property}${promise}`);
    list.append(item);
  }
  banner.append(list);
  for (const warning of data.warnings) banner.append(make("p", `⚠ ${brief(warning, 1000)}`));
  document.title = `${wordOf[data.worst]}: ${brief(data.name, 100)}`;
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
    const what = make("span", brief(step.text, 600), { class: "what" });
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
  writeReasons(box);
}

function writeReasons(box) {
  const add = (name, text) => {
    if (!text) return;
    const line = make("p");
    line.append(make("b", `${name}: `), text);
    box.append(line);
  };
  add("The assumption that broke", data.story.why);
  add("But", data.story.harm);
  for (const advice of data.story.advice) add("Try", advice);
}

function markStep() {
  steps.forEach((_, index) => {
    byId(`step-${index + 1}`).classList.toggle("now", index === view.step);
  });
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
  for (const { cells, wrong, event } of lines) {
    const line = make("tr", undefined, { class: wrong ? "wrong" : "" });
    cells.forEach((text, index) => {
      const cell = make("td", index === 0 ? undefined : text, { class: index === 0 ? "time" : "" });
      if (index === 0) {
        const link = make("a", text, { href: `#e=${event}` });
        link.addEventListener("click", (click) => {
          click.preventDefault();
          select(event);
        });
        cell.append(link);
      }
      line.append(cell);
    });
    body.append(line);
  }
  table.append(top, body);
  return table;
}

// The same as the picture, as a table: all that is not a message, and is not left out by the filter.
const mostLines = 2000;
function writeEvents() {
  const list = [];
  for (let i = 0; i < events.count; i++) {
    if (kindNames[events.kind[i]] !== "message" && wanted(i)) list.push(i);
  }
  const at = data.story ? list.findIndex((i) => events.at[i] >= data.story.from) : 0;
  const from = Math.max(0, Math.min(at - 200, list.length - mostLines));
  const shown = list.slice(from, from + mostLines);
  const caption = shown.length === list.length ? `All ${list.length} events of the run but messages`
    : `${shown.length} of ${list.length} events that are not messages, around the violation`;
  const table = tableOf(caption, ["time in s", "who", "what"], shown.map((i) => {
    const wrong = wrongEvent(i);
    return { cells: [seconds(events.at[i], 1e7), nodeOfEvent(i), `${wrong ? "✗ " : ""}${textOfEvent(i)}`],
             wrong, event: i };
  }));
  byId("events").replaceChildren(table);
}

let trafficTimer = 0;
function writeTraffic() {
  clearTimeout(trafficTimer);
  trafficTimer = setTimeout(() => {
    const { found, count } = messagesInView();
    byId("window").textContent = `${seconds(Math.max(view.from, 0), span())} s to ` +
      `${seconds(Math.min(view.to, end), span())} s`;
    const many = count > mostMessages;
    const lines = many ? [] : found.map((m) => {
      const lost = messages.got[m] < 0;
      return { cells: [seconds(messages.sent[m], 1e6), data.traceNodes[messages.from[m]],
                       data.traceNodes[messages.to[m]], messageText(m),
                       lost ? "never" : seconds(messages.got[m], 1e6)],
               wrong: lost, event: placeOf.sent[m] };
    });
    byId("traffic").replaceChildren(tableOf(
      `Messages in view: ${count}${many ? ", too many to list; zoom in" : ""}`,
      ["sent at, in s", "from", "to", "message", "arrived at"], lines));
  }, 150);
}

// A wall clock that counts from 1970 is told as a time of day.
function wallText(ns) {
  return ns > 1e17 ? `${new Date(ns / 1e6).toISOString().slice(11, 23)} UTC`
                   : `${seconds(ns, 1e10)} s`;
}

function writeClocks() {
  if (view.cursor === null) return;
  const parts = [];
  for (const [node, samples] of Object.entries(data.clocks)) {
    const clock = clockAt(samples, view.cursor);
    if (!clock) continue;
    const off = clock.wall - view.cursor - middleClock;
    const skew = Math.abs(off) < 5e5 ? ""
      : ` (${lengthOf(Math.abs(off))} ${off < 0 ? "behind" : "ahead of"} the others)`;
    parts.push(`${data.traceNodes[node]}: wall clock ${wallText(clock.wall)}${skew}, ` +
               `monotonic ${seconds(clock.steady, 1e10)} s`);
  }
  byId("clocks").textContent =
    [`at ${seconds(view.cursor, 1e7)} s of true time`, ...parts].join("  ·  ");
}

function writeLegend() {
  const legend = byId("legend");
  const add = (text, draw) => {
    const item = make("span");
    const canvas = make("canvas");
    item.append(canvas, text);
    legend.append(item);
    pen = fitCanvas(canvas, 16, 34);
    draw();
  };
  legend.replaceChildren();
  const box = (fill, outline) => {
    pen.fillStyle = fill;
    if (fill) pen.fillRect(1, 2, 32, 12);
    pen.strokeStyle = outline;
    pen.strokeRect(1.5, 2.5, 31, 11);
  };
  add("waits", () => box("", ink.muted));
  add("believes it holds", () => box(colourOf(0), ink.ink));
  add("granted by the service", () => {
    pen.globalAlpha = 0.55;
    pen.fillStyle = colourOf(0);
    pen.fillRect(1, 4, 32, 8);
    pen.globalAlpha = 1;
    pen.strokeStyle = colourOf(0);
    pen.strokeRect(1.5, 4.5, 31, 7);
  });
  add("message that was lost", () => cross(16, 8, 4, ink.bad, 2));
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
