// Choosing an event or a step, following causes, playing, measuring, and links to what is chosen.
const wanted = (i) => {
  const row = rowOfEvent(i);
  return (!row || row.shown) && !hidden.kinds.has(kindNames[events.kind[i]]) &&
    !hidden.locks.has(lockOfEvent(i));
};

function select(i, quiet = false) {
  if (i < 0 || i >= events.count) return say("There is none.");
  view.chosen = i;
  view.cursor = events.at[i];
  bringIntoView(view.cursor);
  if (!quiet) say(`${seconds(events.at[i], 1e7)} s: ${nodeOfEvent(i)} ${textOfEvent(i)}`);
  writeDetails();
  writeLink();
  redraw();
}
function selectNear(at) {
  let i = firstNotBelow(events.count, (k) => events.at[k], at);
  if (i > 0 && (i === events.count || at - events.at[i - 1] < events.at[i] - at)) i--;
  return i;
}
// The next event that passes the filter, in one direction, and in one row if so wished.
function stepEvent(direction, sameRow = false) {
  const start = view.chosen >= 0 ? view.chosen
    : selectNear(view.cursor ?? (view.from + view.to) / 2) - direction;
  const row = sameRow && view.chosen >= 0 ? rowOfEvent(view.chosen) : null;
  for (let i = start + direction; i >= 0 && i < events.count; i += direction) {
    if (wanted(i) && (!row || rowOfEvent(i) === row)) return select(i);
  }
  say("No more events in this direction.");
}
function changeRow(direction) {
  const now = view.chosen >= 0 ? rows.indexOf(rowOfEvent(view.chosen)) : -1;
  const at = view.cursor ?? (view.from + view.to) / 2;
  for (let k = 1; k <= rows.length; k++) {
    const row = rows[(now + direction * k + rows.length * 2) % rows.length];
    const middle = selectNear(at);
    for (let away = 0; away < 2000; away++) {
      for (const i of [middle + away, middle - away]) {
        if (i >= 0 && i < events.count && wanted(i) && rowOfEvent(i) === row) return select(i);
      }
    }
  }
}
function nextFault(direction) {
  const at = view.cursor ?? -1;
  const ordered = direction > 0 ? data.faults : [...data.faults].reverse();
  const fault = ordered.find((one) => (direction > 0 ? one.from > at : one.from < at)) ?? ordered[0];
  if (!fault) return say("There was no fault.");
  select(firstNotBelow(events.count, (i) => events.at[i], fault.from));
}

// Chooses a step of the story and brings it into view with what stands next to it.
function choose(index) {
  if (steps.length === 0) return say("Nothing was violated in this run.");
  view.step = (index + steps.length) % steps.length;
  const step = steps[view.step];
  const event = eventOfStep(step);
  if (event >= 0) select(event, true);
  view.cursor = step.at;
  bringIntoView(step.at);
  history.replaceState(null, "", `#step-${view.step + 1}`);
  say(`Step ${view.step + 1}: ${step.who} ${step.text}`);
  redraw();
}
function moveCursor(part) {
  view.cursor = Math.min(Math.max((view.cursor ?? (view.from + view.to) / 2) + span() * part, 0), end);
  if (!inView(view.cursor, view.cursor)) move(part > 0 ? 0.5 : -0.5);
  redraw();
}

function writeDetails() {
  const box = byId("details");
  box.replaceChildren();
  const i = view.chosen;
  if (i < 0) return;
  box.append(make("h2", `Event ${i}`));
  const row = rowOfEvent(i);
  const clock = clockAt(data.clocks[data.traceNodes.indexOf(nodeOfEvent(i))], events.at[i]);
  const own = clock ? ` (its own wall clock: ${wallText(clock.wall)})` : "";
  const lines = [`${seconds(events.at[i], 1e6)} s${own}`,
                 `${nodeOfEvent(i)} ${textOfEvent(i)}`];
  for (const line of lines) box.append(make("p", line));
  const links = make("ul");
  const add = (name, j) => {
    const item = make("li", `${name}: `);
    const link = make("a", `${seconds(events.at[j], 1e6)} s ${nodeOfEvent(j)} ${brief(textOfEvent(j), 120)}`,
                      { href: `#e=${j}` });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      select(j);
    });
    item.append(link);
    links.append(item);
  };
  const cause = causeOf(i);
  if (cause >= 0) add("cause", cause);
  for (const effect of effectsOf(i).slice(0, 8)) add("effect", effect);
  if (links.children.length > 0) box.append(links);
  if (!row || !row.shown) box.append(make("p", "Its row is hidden by the filter."));
}

// The messages that led to the chosen one, back to the first, and all that follow at once.
function chosenCone() {
  const cone = new Set();
  if (view.chosen < 0) return cone;
  const message = (i) => (events.kind[i] === sends || events.kind[i] === receives ? events.ref[i] : -1);
  let back = view.chosen;
  for (let k = 0; k < 40 && back >= 0; k++) {
    if (message(back) >= 0) cone.add(message(back));
    back = causeOf(back);
  }
  let front = [view.chosen];
  for (let depth = 0; depth < 6 && cone.size < 80; depth++) {
    front = front.flatMap(effectsOf).slice(0, 40);
    for (const i of front) if (message(i) >= 0) cone.add(message(i));
  }
  return cone;
}

// #e=812&t=21.7-22.6: an event and the part of the run that is in view, in seconds.
function linkText() {
  const parts = [];
  if (view.chosen >= 0) parts.push(`e=${view.chosen}`);
  parts.push(`t=${(view.from / 1e9).toFixed(9)}..${(view.to / 1e9).toFixed(9)}`);
  if (hidden.rows.size > 0) {
    parts.push(`hide=${allRows.flatMap((row, k) => (hidden.rows.has(row.label) ? [k] : [])).join(".")}`);
  }
  return `#${parts.join("&")}`;
}
const writeLink = () => history.replaceState(null, "", linkText());
function followLink() {
  const step = /^#step-(\d+)$/.exec(location.hash);
  if (step) return choose(Number(step[1]) - 1);
  const parts = new Map(location.hash.slice(1).split("&").map((part) => part.split("=")));
  const times = /^(-?[\d.]+?)\.\.(-?[\d.]+)$/.exec(parts.get("t") ?? "");
  for (const k of (parts.get("hide") ?? "").split(".").filter(Boolean)) {
    if (allRows[Number(k)]) hidden.rows.add(allRows[Number(k)].label);
  }
  layOut();
  if (/^\d+$/.test(parts.get("e") ?? "")) select(Number(parts.get("e")));
  if (times) show(Number(times[1]) * 1e9, Number(times[2]) * 1e9);
}

// Play moves the cursor at a tenth of real time, or as fast or slow as the reader likes.
const play = { on: false, speed: 0.1, last: 0 };
function playFrame(now) {
  if (!play.on) return;
  view.cursor = (view.cursor ?? view.from) + (now - play.last) * 1e6 * play.speed;
  play.last = now;
  if (view.cursor >= end) togglePlay();
  else if (view.cursor > view.to - span() * 0.1) {
    show(view.cursor - span() * 0.1, view.cursor + span() * 0.9);
  }
  redraw();
  requestAnimationFrame(playFrame);
}
function togglePlay() {
  play.on = !play.on;
  const button = document.querySelector("[data-do=play]");
  button.textContent = play.on ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(play.on));
  if (!play.on) return;
  view.cursor = view.cursor === null || view.cursor >= end ? Math.max(view.from, 0) : view.cursor;
  play.last = performance.now();
  requestAnimationFrame(playFrame);
}
function playSpeed(factor) {
  play.speed = Math.min(Math.max(play.speed * factor, 0.001), 100);
  say(`Plays at ${+play.speed.toPrecision(2)} of real time`);
}

// A range of time: from the first press of m to the second, or dragged with shift.
function measureAtCursor() {
  const at = view.cursor ?? (view.from + view.to) / 2;
  view.range = !view.range || view.range[1] !== null ? [at, null] : [view.range[0], at];
  tellRange();
}
function tellRange() {
  const box = byId("measured");
  if (!view.range) box.textContent = "";
  else if (view.range[1] === null) box.textContent = `measuring from ${seconds(view.range[0], 1e7)} s`;
  else {
    const [a, b] = [...view.range].sort((x, y) => x - y);
    const inside = firstNotBelow(events.count, (i) => events.at[i], b) -
      firstNotBelow(events.count, (i) => events.at[i], a);
    box.textContent = `${lengthOf(b - a)}, ${inside} events from ${seconds(a, 1e7)} s to ${seconds(b, 1e7)} s`;
  }
  redraw();
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}`);
  } catch {
    const box = byId("copied");
    box.hidden = false;
    box.value = text;
    box.select();
    say(`Could not copy ${what} by myself: it is in the box, selected`);
  }
}
function download() {
  const link = make("a", "", { download: "scenario.toml",
                               href: URL.createObjectURL(new Blob([data.scenario])) });
  link.click();
  URL.revokeObjectURL(link.href);
  say("Saved scenario.toml");
}
