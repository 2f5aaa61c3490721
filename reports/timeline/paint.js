// Draws the rows. Every mark that can be pointed at is remembered in `marks`.
let pen;
let ink = {};
const marks = [];  // {x0, x1, y0, y1, text(), weight, event()}

function readInk() {
  for (const name of ["paper", "ink", "muted", "line", "band", "bad", "pause", "fault", "good", "chosen"]) {
    ink[name] = css(`--${name}`);
  }
  ink.clients = [0, 1, 2, 3, 4, 5].map((index) => css(`--c${index}`));
  ink.patterns = new Map();
}
const colourOf = (process) => (process < 0 ? ink.muted : ink.clients[process % 6]);

function pattern(colour, kind) {
  if (!ink.patterns.has(colour + kind)) ink.patterns.set(colour + kind, makePattern(colour, kind));
  return ink.patterns.get(colour + kind);
}
function makePattern(colour, kind) {
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

const clamp = (x) => Math.min(Math.max(x, gutterWide), wide);

// Black or white, whichever can be read on `colour`.
function inkOn(colour) {
  const value = parseInt(colour.slice(1), 16);
  const light = (value >> 16) * 0.299 + ((value >> 8) & 255) * 0.587 + (value & 255) * 0.114;
  return light > 140 ? "#111111" : "#ffffff";
}

function remember(x0, x1, y0, y1, text, weight = 0, event = undefined) {
  marks.push({ x0: Math.min(x0, x1) - 3, x1: Math.max(x0, x1) + 3, y0, y1, text, weight, event });
}
function markAt(x, y) {
  let best = null;
  for (const mark of marks) {
    if (x < mark.x0 || x > mark.x1 || y < mark.y0 || y > mark.y1) continue;
    if (!best || mark.weight >= best.weight) best = mark;
  }
  return best;
}

// Text that is cut with an ellipsis where it has no room.
function label(text, x, y, room, colour, font = "12px system-ui, sans-serif") {
  pen.font = font;
  pen.fillStyle = colour;
  text = text.slice(0, Math.max(room / 3, 0) + 1);
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
  for (let i = 0; (step / span()) * (wide - gutterWide) < 90; i++) {
    step = steps10[i % 3] * 10 ** (3 + Math.floor(i / 3));
  }
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    if (at < 0 || at > end) continue;
    const x = Math.round(xOf(at)) + 0.5;
    if (x < gutterWide) continue;
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
    pen.lineTo(wide, row.top + 0.5);
  }
  pen.stroke();
}

// Where spans are too narrow to be seen alone: a striped block that says how many they are.
function paintMany(from, to, count, y, height, what, colour) {
  const [x0, x1] = bar(from, to, y, height, colour, ink.ink);
  remember(x0, x1, y, y + height, () => `${count} ${what}: zoom in to see each`, 1);
}
