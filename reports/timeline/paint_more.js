// Draws what lies over the rows: messages, violations, the steps of the story, cursor and labels.
const mostMessages = 250;

const messagesInView = () => {
  // Messages are in the order of their sending; none takes longer than the longest.
  let low = 0;
  let high = data.messages.length;
  const from = view.from - data.longestMessage;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.messages[middle][2] < from) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (let i = low; i < data.messages.length && data.messages[i][2] <= view.to; i++) {
    if ((data.messages[i][3] ?? data.messages[i][2]) >= view.from) found.push(data.messages[i]);
  }
  return found;
};
const keyMessages = data.keyMessages.map((index) => data.messages[index]);

function anchor(node, other) {
  const row = rowOfNode.get(data.traceNodes[node]);
  const peer = rowOfNode.get(data.traceNodes[other]);
  if (!row || !peer) return null;
  return row.top < peer.top ? row.top + row.height - 6 : row.top + 6;
}

function paintMessage([from, to, sent, received, text], strong) {
  const y0 = anchor(from, to);
  const y1 = anchor(to, from);
  if (y0 === null || y1 === null) return;
  let x0 = xOf(sent);
  let x1 = received === null ? x0 + 14 : xOf(received);
  const end1 = received === null ? y0 + (y1 - y0) * 0.4 : y1;
  pen.save();
  pen.beginPath();
  pen.rect(gutter(), 0, width(), rows.height);
  pen.clip();
  pen.strokeStyle = pen.fillStyle = received === null ? ink.bad : strong ? ink.ink : ink.muted;
  pen.globalAlpha = strong ? 1 : 0.75;
  pen.lineWidth = strong ? 1.6 : 1;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, end1);
  pen.stroke();
  pen.beginPath();
  if (received === null) {
    pen.lineWidth = 2;
    pen.moveTo(x1 - 4, end1 - 4);
    pen.lineTo(x1 + 4, end1 + 4);
    pen.moveTo(x1 + 4, end1 - 4);
    pen.lineTo(x1 - 4, end1 + 4);
    pen.stroke();
  } else {
    const angle = Math.atan2(end1 - y0, x1 - x0);
    pen.moveTo(x1, end1);
    pen.lineTo(x1 - 8 * Math.cos(angle - 0.35), end1 - 8 * Math.sin(angle - 0.35));
    pen.lineTo(x1 - 8 * Math.cos(angle + 0.35), end1 - 8 * Math.sin(angle + 0.35));
    pen.fill();
  }
  pen.restore();
  const fate = received === null ? "never arrived" : `arrived at ${seconds(received, 1e6)} s`;
  remember((x0 + x1) / 2 - 4, (x0 + x1) / 2 + 4, (y0 + end1) / 2 - 8, (y0 + end1) / 2 + 8,
           `${data.traceNodes[from]} → ${data.traceNodes[to]}: ${data.texts[text]}\n` +
           `sent at ${seconds(sent, 1e6)} s, ${fate}`, 2);
}

function paintMessages() {
  const found = messagesInView();
  const few = found.length <= mostMessages;
  if (few) for (const message of found) paintMessage(message, false);
  for (const message of keyMessages) {
    if (inView(message[2], message[3] ?? message[2])) paintMessage(message, true);
  }
  byId("crowd").textContent = data.messages.length === 0 ? "no trace: messages were not kept"
    : few ? `${found.length} messages in view`
    : `${found.length} messages in view: zoom in to see all of them`;
}

// Overlaps of belief (and of grants) as hatched red through the rows they concern.
function paintViolations() {
  const row = rows[0];
  for (const overlap of data.overlaps) {
    const to = until(overlap.to);
    if (!inView(overlap.from, to)) continue;
    const [x0, x1] = bar(overlap.from, to, row.top + 3, row.height - 6, pattern(ink.bad, "bad"), ink.bad);
    for (const process of overlap.processes) {
      const client = rows.find((one) => one.kind === "client" && one.process === process);
      if (!client) continue;
      pen.globalAlpha = 0.9;
      bar(overlap.from, to, client.top + 2, 5, pattern(ink.bad, "bad"), ink.bad);
      pen.globalAlpha = 1;
    }
    pen.globalAlpha = 0.09;
    bar(overlap.from, to, row.top, rows.height - row.top - 4, ink.bad);
    pen.globalAlpha = 1;
    const words = `${overlap.processes.length} hold ${data.locks[overlap.lock]}`;
    pen.font = "bold 12px system-ui, sans-serif";
    const taken = pen.measureText(words).width + 8;
    if (x1 - x0 > 50) {
      const room = Math.min(taken, x1 - x0 - 4);
      pen.fillStyle = ink.paper;
      pen.fillRect(x0 + 2, row.top + 6, room, row.height - 12);
      label(words, x0 + 6, row.top + 20, room - 6, ink.bad, "bold 12px system-ui, sans-serif");
    }
    remember(x0, x1, row.top, row.top + row.height,
             `${overlap.processes.map(nameOf).join(" and ")} both believe that they hold ` +
             `${data.locks[overlap.lock]}\nfrom ${seconds(overlap.from, 1e9)} s to ` +
             `${seconds(to, 1e9)} s`, 2);
  }
  for (const verdict of data.verdicts) {
    if (verdict.status !== "violated" || verdict.at === null || !inView(verdict.at, verdict.at)) continue;
    const x = xOf(verdict.at);
    if (x < gutter()) continue;
    pen.fillStyle = ink.bad;
    pen.beginPath();
    pen.moveTo(x - 6, row.top - 1);
    pen.lineTo(x + 6, row.top - 1);
    pen.lineTo(x, row.top + 8);
    pen.fill();
    remember(x - 5, x + 5, row.top - 4, row.top + 9,
             `${verdict.property} is violated here\n${verdict.explanation}`, 4);
  }
}

// Numbered discs, moved aside where they would cover each other.
function paintSteps() {
  const taken = new Map();
  steps.forEach((step, index) => {
    if (!step.row || !inView(step.at, step.at)) return;
    const x = xOf(step.at);
    if (x < gutter()) return;
    const y = step.row.top + (step.row.kind === "client" ? 8 : 5);
    const before = taken.get(step.row) ?? -100;
    const at = Math.max(x, before + 19);
    taken.set(step.row, at);
    const colour = step.mark ? ink.bad : ink.ink;
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, y + step.row.height - 12);
    pen.lineTo(x, y);
    pen.lineTo(at, y - 3);
    pen.stroke();
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(at, y - 3, 9, 0, 7);
    pen.fill();
    if (index === view.step) {
      pen.strokeStyle = "#e69f00";
      pen.lineWidth = 3;
      pen.beginPath();
      pen.arc(at, y - 3, 11, 0, 7);
      pen.stroke();
    }
    pen.textAlign = "center";
    label(String(index + 1), at, y + 1, 30, ink.paper, "bold 11px system-ui, sans-serif");
    pen.textAlign = "left";
    remember(at - 6, at + 6, y - 12, y + 6,
             `${index + 1}. ${seconds(step.at, 1e9)} s ${step.who}: ${step.text}` +
             (step.mark ? `\n${step.mark}` : ""), 5);
  });
}

function paintCursor() {
  if (view.cursor === null || !inView(view.cursor, view.cursor)) return;
  const x = Math.round(xOf(view.cursor)) + 0.5;
  if (x < gutter()) return;
  pen.strokeStyle = ink.ink;
  pen.setLineDash([3, 3]);
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, 18);
  pen.lineTo(x, rows.height);
  pen.stroke();
  pen.setLineDash([]);
}

function paintGutter() {
  pen.fillStyle = ink.paper;
  pen.fillRect(0, 0, gutter(), rows.height);
  for (const row of rows) {
    const middle = row.top + row.height / 2;
    const process = clientIndex.get(row.node);
    if (process !== undefined) {
      pen.fillStyle = colourOf(process);
      pen.fillRect(6, middle - 8, 16, 16);
      pen.textAlign = "center";
      label(letterOf(process), 14, middle + 4, 16, inkOn(colourOf(process)), "bold 11px system-ui");
      pen.textAlign = "left";
    }
    const x = process === undefined ? 6 : 28;
    const low = row.note && row.height > 34 && gutter() > 100;
    label(row.label, x, middle + (low ? -1 : 4), gutter() - x - 4, ink.ink,
          "600 12px system-ui, sans-serif");
    if (low) label(row.note, x, middle + 12, gutter() - x - 2, ink.muted, "10px system-ui, sans-serif");
    remember(0, gutter(), row.top, row.top + row.height, row.label, 0);
  }
  pen.strokeStyle = ink.line;
  pen.beginPath();
  pen.moveTo(gutter() + 0.5, 0);
  pen.lineTo(gutter() + 0.5, rows.height);
  for (const row of rows) {
    pen.moveTo(0, row.top + 0.5);
    pen.lineTo(gutter(), row.top + 0.5);
  }
  pen.stroke();
}

function fitCanvas(canvas, height) {
  const scale = window.devicePixelRatio || 1;
  const wide = canvas.clientWidth || width();
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

function paint() {
  readInk();
  pen = fitCanvas(byId("rows"), rows.height);
  marks.length = 0;
  pen.fillStyle = ink.paper;
  pen.fillRect(0, 0, width(), rows.height);
  paintAxis();
  paintGrid();
  paintFaults();
  for (const row of rows) {
    if (row.kind === "client") paintClient(row);
    if (row.kind === "lock") paintLock(row);
    if (row.kind === "server" || row.kind === "resource") paintState(row);
  }
  paintViolations();
  paintMessages();
  paintAccesses();
  paintSteps();
  paintCursor();
  paintGutter();
}

function paintMap() {
  const map = byId("map");
  pen = fitCanvas(map, 26);
  const wide = map.clientWidth;
  const x = (at) => (at / end) * wide;
  pen.fillStyle = ink.band;
  pen.fillRect(0, 0, wide, 26);
  for (const belief of data.beliefs) {
    pen.fillStyle = colourOf(belief.process);
    const y = 2 + (belief.process % 4) * 5;
    pen.fillRect(x(belief.from), y, Math.max(x(until(belief.to) - belief.from), 1), 4);
  }
  pen.fillStyle = ink.bad;
  for (const overlap of data.overlaps) {
    pen.fillRect(x(overlap.from), 0, Math.max(x(until(overlap.to) - overlap.from), 2), 3);
  }
  for (const access of data.accesses) {
    if (access.accepted && access.write && (access.late || access.lost)) {
      pen.fillRect(x(access.at) - 1, 21, 3, 5);
    }
  }
  pen.strokeStyle = ink.ink;
  pen.lineWidth = 2;
  pen.strokeRect(x(view.from) + 1, 1, Math.max(x(span()), 4) - 2, 24);
}
