// Puts a picture together: the axis, the rows, what lies over them, their names, and the map.
function paintNames() {
  pen.fillStyle = ink.paper;
  pen.fillRect(0, 0, gutterWide, rows.height);
  for (const row of rows) {
    const client = row.kind === "client";
    const middle = client ? row.top + 16 : row.top + row.height / 2;
    if (client) {
      pen.fillStyle = colourOf(row.process);
      pen.fillRect(6, middle - 8, 16, 16);
      pen.textAlign = "center";
      label(letterOf(row.process), 14, middle + 4, 18, inkOn(colourOf(row.process)), "bold 11px system-ui");
      pen.textAlign = "left";
    }
    const x = client ? 28 : 6;
    const low = row.note && gutterWide > 100;
    label(row.label, x, middle + (low ? -1 : 4), gutterWide - x - (client && gutterWide > 100 ? 48 : 4),
          ink.ink, "600 12px system-ui, sans-serif");
    if (low) label(row.note, x, middle + 12, gutterWide - x - 2, ink.muted, "10px system-ui, sans-serif");
    if (client && gutterWide > 100) {
      pen.textAlign = "right";
      label("believes", gutterWide - 4, row.top + 20, 60, ink.muted, "10px system-ui, sans-serif");
      label("granted", gutterWide - 4, row.top + 39, 60, ink.muted, "10px system-ui, sans-serif");
      label("accepted", gutterWide - 4, row.top + 54, 60, ink.muted, "10px system-ui, sans-serif");
      pen.textAlign = "left";
    }
    remember(0, gutterWide, row.top, row.top + row.height,
             () => brief(data.full?.get(row.label) ?? row.label, 1000), 0);
  }
  pen.strokeStyle = ink.line;
  pen.beginPath();
  pen.moveTo(gutterWide + 0.5, 0);
  pen.lineTo(gutterWide + 0.5, rows.height);
  for (const row of rows) {
    pen.moveTo(0, row.top + 0.5);
    pen.lineTo(gutterWide, row.top + 0.5);
  }
  pen.stroke();
}

// A canvas as large as its place, sharp on every screen; it is emptied only when its size changes.
function fitCanvas(canvas, height, broad) {
  const scale = window.devicePixelRatio || 1;
  const w = Math.round(broad * scale);
  const h = Math.round(height * scale);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

function paint() {
  pen = fitCanvas(byId("rows"), rows.height, wide);
  marks.length = 0;
  pen.fillStyle = ink.paper;
  pen.fillRect(0, 0, wide, rows.height);
  paintAxis();
  paintGrid();
  paintFaults();
  for (const row of rows) {
    if (row.kind === "client") paintClient(row);
    if (row.kind === "lock") paintLock(row);
    if (row.kind === "server") paintServer(row);
    if (row.kind === "server" || row.kind === "resource") paintState(row);
    if (row.node) paintClockOffset(row);
  }
  paintViolations();
  paintMessages();
  paintAccesses();
  paintSteps();
  paintCursor();
  paintNames();
}

// The whole run, drawn once; the frame around what is in view is drawn over it.
let wholeRun = null;
function drawWholeRun() {
  wholeRun = document.createElement("canvas");
  const mine = fitCanvas(wholeRun, 26, wide);
  const x = (at) => (at / end) * wide;
  mine.fillStyle = ink.band;
  mine.fillRect(0, 0, wide, 26);
  const last = new Map();
  for (const belief of data.beliefs) {
    const lane = belief.process % 4;
    const a = x(belief.from);
    const b = Math.max(x(until(belief.to)), a + 1);
    if (b < (last.get(lane) ?? -1) + 0.5) continue;
    last.set(lane, b);
    mine.fillStyle = colourOf(belief.process);
    mine.fillRect(a, 2 + lane * 5, b - a, 4);
  }
  mine.fillStyle = ink.bad;
  let drawn = -1;
  for (const overlap of data.overlaps) {
    const b = x(until(overlap.to));
    if (b < drawn + 0.5) continue;
    drawn = b;
    mine.fillRect(x(overlap.from), 0, Math.max(b - x(overlap.from), 2), 3);
  }
  drawn = -1;
  for (const access of data.accesses) {
    if (!isWrong(access) || x(access.at) < drawn + 1) continue;
    drawn = x(access.at);
    mine.fillRect(drawn - 1, 21, 3, 5);
  }
}
function paintMap() {
  if (!wholeRun) drawWholeRun();
  pen = fitCanvas(byId("map"), 26, wide);
  pen.drawImage(wholeRun, 0, 0, wide, 26);
  pen.strokeStyle = ink.ink;
  pen.lineWidth = 2;
  const x = (view.from / end) * wide;
  pen.strokeRect(x + 1, 1, Math.max((span() / end) * wide, 4) - 2, 24);
}
