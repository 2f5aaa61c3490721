// Draws the rows. Every mark that can be pointed at is remembered in `marks`.
let pen;
let ink = {};
const marks = [];  // {x0, x1, y0, y1, text, weight}

function readInk() {
  for (const name of ["paper", "ink", "muted", "line", "band", "bad", "pause", "fault", "good"]) {
    ink[name] = css(`--${name}`);
  }
}

function pattern(colour, kind) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const t = tile.getContext("2d");
  t.strokeStyle = colour;
  t.lineWidth = kind === "bad" ? 2.5 : 1.3;
  t.beginPath();
  for (const shift of [-8, 0, 8]) {
    if (kind === "bad") {
      t.moveTo(shift, 0);
      t.lineTo(shift + 8, 8);
    } else {
      t.moveTo(shift, 8);
      t.lineTo(shift + 8, 0);
    }
  }
  t.stroke();
  return pen.createPattern(tile, "repeat");
}

const clamp = (x) => Math.min(Math.max(x, gutter()), width());
const inView = (from, to) => from <= view.to && to >= view.from;

// Black or white, whichever can be read on `colour`.
function inkOn(colour) {
  const value = parseInt(colour.slice(1), 16);
  const light = (value >> 16) * 0.299 + ((value >> 8) & 255) * 0.587 + (value & 255) * 0.114;
  return light > 140 ? "#111111" : "#ffffff";
}

function remember(x0, x1, y0, y1, text, weight = 0) {
  marks.push({ x0: Math.min(x0, x1) - 3, x1: Math.max(x0, x1) + 3, y0, y1, text, weight });
}

// Text that is cut with an ellipsis where it has no room.
function label(text, x, y, room, colour, font = "12px system-ui, sans-serif") {
  pen.font = font;
  pen.fillStyle = colour;
  if (pen.measureText(text).width > room) {
    let length = text.length;
    while (length > 0 && pen.measureText(text.slice(0, length) + "…").width > room) length--;
    if (length < 2) return;
    text = text.slice(0, length) + "…";
  }
  pen.fillText(text, x, y);
}

function bar(from, to, y, height, fill, outline) {
  const x0 = clamp(xOf(from));
  const x1 = Math.max(clamp(xOf(to)), x0 + 1);
  if (fill) {
    pen.fillStyle = fill;
    pen.fillRect(x0, y, x1 - x0, height);
  }
  if (outline) {
    pen.strokeStyle = outline;
    pen.lineWidth = 1;
    pen.strokeRect(x0 + 0.5, y + 0.5, Math.max(x1 - x0 - 1, 0.5), height - 1);
  }
  return [x0, x1];
}

function paintAxis() {
  const steps10 = [1, 2, 5];
  let step = 1e3;
  for (let i = 0; (step / span()) * (width() - gutter()) < 90; i++) {
    step = steps10[i % 3] * 10 ** (3 + Math.floor(i / 3));
  }
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    if (at < 0 || at > end) continue;
    const x = Math.round(xOf(at)) + 0.5;
    if (x < gutter()) continue;
    pen.strokeStyle = ink.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, 20);
    pen.lineTo(x, rows.height);
    pen.stroke();
    label(`${seconds(at, step * 4)} s`, x + 3, 14, 100, ink.muted);
  }
}

function paintGrid() {
  pen.strokeStyle = ink.line;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const row of rows) {
    pen.moveTo(0, row.top + 0.5);
    pen.lineTo(width(), row.top + 0.5);
  }
  pen.stroke();
}

function paintFaults() {
  const row = rows.find((one) => one.kind === "faults");
  for (const fault of data.faults) {
    const to = until(fault.to);
    if (!inView(fault.from, to)) continue;
    pen.globalAlpha = 0.13;
    const [x0, x1] = bar(fault.from, to, row.top, rows.height - row.top - 4, ink.fault);
    pen.globalAlpha = 1;
    const y = row.top + 3 + fault.lane * 20;
    bar(fault.from, to, y, 20, ink.paper, ink.fault);
    bar(fault.from, to, y, 20, pattern(ink.fault, "fault"));
    const room = x1 - x0 - 8;
    if (room > 30) {
      pen.font = "12px system-ui, sans-serif";
      const taken = Math.min(pen.measureText(fault.text).width + 6, room + 4);
      pen.fillStyle = ink.paper;
      pen.fillRect(x0 + 2, y + 2, taken, 16);
      label(fault.text, x0 + 5, y + 14, room, ink.ink);
    }
    remember(x0, x1, y, y + 20,
             `${fault.text}\nfrom ${seconds(fault.from, 1e9)} s` +
             (fault.to === null ? ", never healed" : ` to ${seconds(fault.to, 1e9)} s`), 1);
  }
}

function paintState(row) {
  for (const { state, from, to } of nodeSpans.get(row.node) ?? []) {
    if (state === "up" || !inView(from, to)) continue;
    const y = row.top + 3;
    const height = row.height - 6;
    const [x0, x1] = bar(from, to, y, height, pattern(ink.pause, "pause"), ink.pause);
    if (state !== "paused") {
      const x = clamp(xOf(from));
      pen.strokeStyle = ink.ink;
      pen.lineWidth = 2.5;
      pen.beginPath();
      pen.moveTo(x - 5, y + height / 2 - 5);
      pen.lineTo(x + 5, y + height / 2 + 5);
      pen.moveTo(x + 5, y + height / 2 - 5);
      pen.lineTo(x - 5, y + height / 2 + 5);
      pen.stroke();
    }
    const words = state === "paused" ? "paused" : `✕ ${state}`;
    if (x1 - x0 > 60) {
      pen.font = "bold 11px system-ui, sans-serif";
      const taken = pen.measureText(words).width + 8;
      const x = (x0 + x1 - taken) / 2;
      pen.fillStyle = ink.paper;
      pen.fillRect(x, row.top + row.height - 17, taken, 13);
      label(words, x + 4, row.top + row.height - 6, taken, ink.ink, "bold 11px system-ui, sans-serif");
    }
    remember(x0, x1, y, y + height, `${row.label}: ${state}, ${lengthOf(to - from)}`, 1);
  }
}

function paintClient(row) {
  for (const [process, from, to, result] of data.waits) {
    if (process !== row.process || !inView(from, until(to))) continue;
    const [x0, x1] = bar(from, until(to), row.top + 13, 14, null, ink.muted);
    if (x1 - x0 > 60) label("waits", x0 + 4, row.top + 24, x1 - x0 - 8, ink.muted, "11px system-ui");
    remember(x0, x1, row.top + 10, row.top + 30,
             `${row.label} waits for the lock, ${lengthOf(until(to) - from)}: ${result}`, 1);
  }
  const colour = colourOf(row.process);
  const labels = [];
  for (const belief of data.beliefs) {
    const to = until(belief.to);
    if (belief.process !== row.process || !inView(belief.from, to)) continue;
    const [x0, x1] = bar(belief.from, to, row.top + 8, 24, colour, ink.ink);
    const token = belief.token === "0" ? "" : ` · token ${belief.token}`;
    const words = `${letterOf(row.process)} believes it holds ${data.locks[belief.lock]}${token}`;
    if (x1 - x0 > 16) labels.push([words, x0, x1 - x0 - 9]);
    remember(x0, x1, row.top + 8, row.top + 32,
             `${row.label} believes it holds ${data.locks[belief.lock]}${token}\nfrom ` +
             `${seconds(belief.from, 1e9)} s to ${seconds(to, 1e9)} s (${belief.end})`, 2);
  }
  paintState(row);
  for (const [words, x, room] of labels) {
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colour;
    pen.fillRect(x + 1, row.top + 11, Math.min(pen.measureText(words).width + 8, room + 6), 18);
    label(words, x + 5, row.top + 24, room, inkOn(colour));
  }
}

function paintLock(row) {
  for (const grant of data.grants) {
    const to = until(grant.to);
    if (grant.lock !== row.lock || !inView(grant.from, to)) continue;
    const colour = colourOf(grant.holder);
    const [x0, x1] = bar(grant.from, to, row.top + 7, row.height - 14, colour, ink.ink);
    const words = `${letterOf(grant.holder)} · granted to ${nameOf(grant.holder)}`;
    const ends = grant.to === null ? "" : grant.how;
    if (x1 - x0 > 16) label(words, x0 + 5, row.top + 23, x1 - x0 - 9, inkOn(colour));
    if (grant.how !== "released" && grant.to !== null && grant.to <= view.to) {
      pen.strokeStyle = ink.bad;
      pen.lineWidth = 2.5;
      pen.beginPath();
      pen.moveTo(x1, row.top + 2);
      pen.lineTo(x1, row.top + row.height - 2);
      pen.stroke();
      if (x1 - x0 > 190) {
        pen.font = "bold 11px system-ui, sans-serif";
        const taken = pen.measureText(ends).width + 8;
        pen.fillStyle = ink.paper;
        pen.fillRect(x1 - taken - 3, row.top + 10, taken, row.height - 20);
        label(ends, x1 - taken + 1, row.top + 22, taken, ink.bad, "bold 11px system-ui, sans-serif");
      }
    }
    remember(x0, x1, row.top + 6, row.top + row.height - 6,
             `${grant.server} granted ${row.label} to ${nameOf(grant.holder)}\nfrom ` +
             `${seconds(grant.from, 1e9)} s to ${seconds(to, 1e9)} s${ends && `, then ${ends}`}` +
             (grant.renewals ? `\nrenewed ${grant.renewals} times` : ""), 2);
  }
}

function wordsOf(access) {
  const token = access.token === "0" ? "no token" : `token ${access.token}`;
  const what = access.write ? `writes ${access.resource} = ${access.value}`
                            : `reads ${access.resource} = ${access.value}`;
  const fate = access.accepted ? (access.write ? `accepted as version ${access.version}` : "")
                               : `refused: ${access.refusal}`;
  const wrong = [access.late ? "late: another client had got the lock" : "",
                 access.lost ? "lost update: overwrites what it never saw" : ""];
  return [`${nameOf(access.process)} ${what} (${token})`, fate, ...wrong].filter(Boolean).join("\n");
}

// A write is a filled diamond with its token; a read a small circle; refused ones are crossed out.
function paintAccess(access, x, y, small, crowded) {
  const colour = access.accepted && (access.late && access.write || access.lost) ? ink.bad
    : colourOf(access.process);
  pen.strokeStyle = access.accepted ? ink.ink : ink.bad;
  pen.fillStyle = access.accepted && access.write ? colour : ink.paper;
  pen.lineWidth = 1.3;
  const r = access.write ? (small ? 4.5 : 6) : 3;
  pen.beginPath();
  if (access.write) {
    pen.moveTo(x, y - r);
    pen.lineTo(x + r, y);
    pen.lineTo(x, y + r);
    pen.lineTo(x - r, y);
    pen.closePath();
  } else {
    pen.arc(x, y, r, 0, 7);
  }
  pen.fill();
  pen.stroke();
  if (!access.accepted) {
    pen.lineWidth = 2.2;
    pen.beginPath();
    pen.moveTo(x - r - 2, y - r - 2);
    pen.lineTo(x + r + 2, y + r + 2);
    pen.moveTo(x + r + 2, y - r - 2);
    pen.lineTo(x - r - 2, y + r + 2);
    pen.stroke();
  }
  if (access.write && !crowded && access.token !== "0") {
    label(access.token, x + r + 2, y + 4, 60, access.accepted ? ink.ink : ink.bad,
          "11px system-ui, sans-serif");
  }
}

function paintAccesses() {
  let last = -100;
  const seen = data.accesses.filter((access) => inView(access.at, access.at));
  for (const access of seen) {
    const x = xOf(access.at);
    if (x < gutter()) continue;
    const crowded = x - last < 22;
    if (resourceRow) {
      paintAccess(access, x, resourceRow.top + 20, false, crowded);
      remember(x - 4, x + 4, resourceRow.top + 8, resourceRow.top + 32,
               `${seconds(access.at, 1e9)} s: ${wordsOf(access)}`, 3);
    }
    const client = rowOfNode.get(nameOf(access.process));
    if (client && access.write) paintAccess(access, x, client.top + 38, true, crowded);
    if (access.write) last = x;
  }
}
