// Draws what lies over the rows: messages, violations, the steps of the story, what is chosen.
const mostMessages = 250;

// The messages in view, as far as they can be drawn, and how many there are.
function messagesInView() {
  const found = [];
  let count = 0;
  const first = firstNotBelow(messages.count, (i) => messages.sent[i], view.from - data.longestMessage);
  for (let i = first; i < messages.count && messages.sent[i] <= view.to; i++) {
    const last = messages.got[i] < 0 ? messages.sent[i] : messages.got[i];
    if (last < view.from) continue;
    if (count++ <= mostMessages) found.push(i);
  }
  return { found, count };
}

function anchor(node, other) {
  const row = rowOfNode.get(data.traceNodes[node]);
  const peer = rowOfNode.get(data.traceNodes[other]);
  if (!row?.shown || !peer?.shown) return null;
  return row.top < peer.top ? row.top + row.height - 6 : row.top + 6;
}

function paintMessage(m, strong, colour) {
  const from = messages.from[m];
  const to = messages.to[m];
  const lost = messages.got[m] < 0;
  const y0 = anchor(from, to);
  const y1 = anchor(to, from);
  if (y0 === null || y1 === null) return;
  const x0 = xOf(messages.sent[m]);
  const x1 = lost ? x0 + 14 : xOf(messages.got[m]);
  const end1 = lost ? y0 + (y1 - y0) * 0.4 : y1;
  pen.strokeStyle = pen.fillStyle = lost ? ink.bad : colour ?? (strong ? ink.ink : ink.muted);
  pen.globalAlpha = strong ? 1 : 0.75;
  pen.lineWidth = strong ? 1.8 : 1;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, end1);
  pen.stroke();
  if (lost) {
    cross(x1, end1, 4, ink.bad, 2);
  } else {
    const angle = Math.atan2(end1 - y0, x1 - x0);
    pen.beginPath();
    pen.moveTo(x1, end1);
    pen.lineTo(x1 - 8 * Math.cos(angle - 0.35), end1 - 8 * Math.sin(angle - 0.35));
    pen.lineTo(x1 - 8 * Math.cos(angle + 0.35), end1 - 8 * Math.sin(angle + 0.35));
    pen.fill();
  }
  pen.globalAlpha = 1;
  remember((x0 + x1) / 2 - 4, (x0 + x1) / 2 + 4, (y0 + end1) / 2 - 8, (y0 + end1) / 2 + 8, () =>
    `${data.traceNodes[from]} → ${data.traceNodes[to]}: ${messageText(m)}\n` +
    `sent at ${seconds(messages.sent[m], 1e6)} s, ` +
    (lost ? "never arrived" : `arrived at ${seconds(messages.got[m], 1e6)} s`), 2,
    () => placeOf.sent[m]);
}

function paintMessages() {
  const { found, count } = messagesInView();
  const few = count <= mostMessages && !hidden.kinds.has("message");
  pen.save();
  pen.beginPath();
  pen.rect(gutterWide, 0, wide, rows.height);
  pen.clip();
  if (few) for (const m of found) paintMessage(m, false);
  for (const m of data.keyMessages) {
    const last = messages.got[m] < 0 ? messages.sent[m] : messages.got[m];
    if (inView(messages.sent[m], last) && !hidden.kinds.has("message")) paintMessage(m, true);
  }
  for (const m of chosenCone()) {
    const last = messages.got[m] < 0 ? messages.sent[m] : messages.got[m];
    if (inView(messages.sent[m], last)) paintMessage(m, true, ink.chosen);
  }
  pen.restore();
  const text = messages.count === 0 ? "no trace: messages were not kept"
    : few ? `${count} messages in view`
    : `${count} messages in view${hidden.kinds.has("message") ? "" : ": zoom in to see them"}`;
  if (byId("crowd").textContent !== text) byId("crowd").textContent = text;
}

// Overlaps of belief as hatched red through the rows they concern.
function paintViolations() {
  const row = allRows[0];
  if (!row.shown || hidden.kinds.has("violation")) return;
  const one = (overlap) => {
    if (hidden.locks.has(overlap.lock)) return;
    const to = until(overlap.to);
    const [x0, x1] = bar(overlap.from, to, row.top + 3, row.height - 6, pattern(ink.bad, "bad"), ink.bad);
    for (const process of overlap.processes) {
      const client = rowOfNode.get(clientNames[process]);
      if (client?.shown) bar(overlap.from, to, client.top + 1, 5, pattern(ink.bad, "bad"), ink.bad);
    }
    pen.globalAlpha = 0.09;
    bar(overlap.from, to, row.top, rows.height - row.top - 4, ink.bad);
    pen.globalAlpha = 1;
    const words = `${overlap.processes.length} hold ${data.locks[overlap.lock]}`;
    if (x1 - x0 > 50) {
      onPaper(words, x0 + 6, row.top + 20, x1 - x0 - 12, ink.bad, "bold 12px system-ui, sans-serif");
    }
    remember(x0, x1, row.top, row.top + row.height, () =>
      `${overlap.processes.map(nameOf).join(" and ")} both believe that they hold ` +
      `${data.locks[overlap.lock]}\nfrom ${seconds(overlap.from, 1e9)} s to ${seconds(to, 1e9)} s`, 2);
  };
  eachInView(data.overlaps, one, (from, to, count) =>
    paintMany(from, to, count, row.top + 3, row.height - 6, "overlaps", ink.bad));
  for (const verdict of data.verdicts) {
    if (verdict.status !== "violated" || verdict.at === null || !inView(verdict.at, verdict.at)) continue;
    const x = xOf(verdict.at);
    if (x < gutterWide) continue;
    pen.fillStyle = ink.bad;
    pen.beginPath();
    pen.moveTo(x - 6, row.top - 1);
    pen.lineTo(x + 6, row.top - 1);
    pen.lineTo(x, row.top + 8);
    pen.fill();
    remember(x - 5, x + 5, row.top - 4, row.top + 9,
             () => `${verdict.property} is violated here\n${brief(verdict.explanation, 800)}`, 4);
  }
}

// Numbered discs, moved aside where they would cover each other.
function paintSteps() {
  const taken = new Map();
  steps.forEach((step, index) => {
    if (!step.row?.shown || !inView(step.at, step.at)) return;
    const x = xOf(step.at);
    if (x < gutterWide) return;
    const y = step.row.top + (step.row.kind === "client" ? 8 : 5);
    const before = taken.get(step.row) ?? -100;
    const at = Math.max(x, before + 19);
    taken.set(step.row, at);
    pen.strokeStyle = pen.fillStyle = step.mark ? ink.bad : ink.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, y + step.row.height - 12);
    pen.lineTo(x, y);
    pen.lineTo(at, y - 3);
    pen.stroke();
    pen.beginPath();
    pen.arc(at, y - 3, 9, 0, 7);
    pen.fill();
    if (index === view.step) {
      pen.strokeStyle = ink.chosen;
      pen.lineWidth = 3;
      pen.beginPath();
      pen.arc(at, y - 3, 11, 0, 7);
      pen.stroke();
    }
    pen.textAlign = "center";
    label(String(index + 1), at, y + 1, 30, ink.paper, "bold 11px system-ui, sans-serif");
    pen.textAlign = "left";
    remember(at - 6, at + 6, y - 12, y + 6, () =>
      `${index + 1}. ${seconds(step.at, 1e9)} s ${step.who}: ${brief(step.text)}` +
      (step.mark ? `\n${step.mark}` : ""), 5, () => { view.step = index; return eventOfStep(step); });
  });
}

function paintCursor() {
  if (view.range) {
    const [a, b] = [...view.range].map((at) => at ?? view.cursor ?? view.range[0]).sort((x, y) => x - y);
    pen.globalAlpha = 0.25;
    bar(a, b, 18, rows.height - 22, ink.chosen);
    pen.globalAlpha = 1;
  }
  if (view.chosen >= 0) {
    const row = rowOfEvent(view.chosen);
    const x = xOf(events.at[view.chosen]);
    if (row?.shown && x >= gutterWide) {
      pen.strokeStyle = ink.chosen;
      pen.lineWidth = 3;
      pen.strokeRect(x - 6, row.top + 3, 12, row.height - 6);
    }
  }
  if (view.cursor === null || !inView(view.cursor, view.cursor)) return;
  const x = Math.round(xOf(view.cursor)) + 0.5;
  if (x < gutterWide) return;
  pen.strokeStyle = ink.ink;
  pen.setLineDash([3, 3]);
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, 18);
  pen.lineTo(x, rows.height);
  pen.stroke();
  pen.setLineDash([]);
}
