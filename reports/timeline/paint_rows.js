// Draws what stands in the rows: faults, clients, locks, servers and the resource.
function paintFaults() {
  const row = faultsRow;
  if (!row.shown || hidden.kinds.has("fault")) return;
  const many = (from, to, count) => paintMany(from, to, count, row.top + 3, 20, "faults", ink.fault);
  eachInView(data.faults, (fault) => {
    const to = until(fault.to);
    pen.globalAlpha = 0.13;
    const [x0, x1] = bar(fault.from, to, row.top, rows.height - row.top - 4, ink.fault);
    pen.globalAlpha = 1;
    const y = row.top + 3 + fault.lane * 20;
    bar(fault.from, to, y, 20, ink.paper, ink.fault);
    bar(fault.from, to, y, 20, pattern(ink.fault, "fault"));
    const room = x1 - x0 - 8;
    if (room > 30) onPaper(fault.text, x0 + 5, y + 14, room, ink.ink, "12px system-ui, sans-serif");
    remember(x0, x1, y, y + 20, () =>
      `${brief(fault.text)}\nfrom ${seconds(fault.from, 1e9)} s` +
      (fault.to === null ? ", never healed" : ` to ${seconds(fault.to, 1e9)} s`), 1);
  }, many);
}

// Text on a patch of paper, so that it can be read over a pattern.
function onPaper(text, x, y, room, colour, font) {
  pen.font = font;
  const taken = Math.min(pen.measureText(text.slice(0, 200)).width + 6, room + 4);
  pen.fillStyle = ink.paper;
  pen.fillRect(x - 3, y - 11, taken, 14);
  label(text, x, y, room, colour, font);
}

function paintState(row) {
  for (const { state, from, to } of nodeSpans.get(row.node) ?? []) {
    if (state === "up" || !inView(from, to)) continue;
    const y = row.top + 3;
    const height = row.height - 6;
    const [x0, x1] = bar(from, to, y, height, pattern(ink.pause, "pause"), ink.pause);
    if (state !== "paused") cross(clamp(xOf(from)), y + height / 2, 5, ink.ink, 2.5);
    const words = state === "paused" ? "paused" : `✕ ${state}`;
    if (x1 - x0 > 60) {
      onPaper(words, (x0 + x1) / 2 - 20, row.top + row.height - 6, x1 - x0, ink.ink,
              "bold 11px system-ui, sans-serif");
    }
    remember(x0, x1, y, y + height, () => `${row.label}: ${state}, ${lengthOf(to - from)}`, 1);
  }
}

function cross(x, y, r, colour, thick) {
  pen.strokeStyle = colour;
  pen.lineWidth = thick;
  pen.beginPath();
  pen.moveTo(x - r, y - r);
  pen.lineTo(x + r, y + r);
  pen.moveTo(x + r, y - r);
  pen.lineTo(x - r, y + r);
  pen.stroke();
}

// Three truths below each other: what the client believes, what the service has granted it, and
// what the resource took from it.
function paintClient(row) {
  const top = row.top + 6;
  eachInView(row.waits, (wait) => {
    const [x0, x1] = bar(wait.from, until(wait.to), top + 3, 14, null, ink.muted);
    if (x1 - x0 > 60) label("waits", x0 + 4, top + 14, x1 - x0 - 8, ink.muted, "11px system-ui");
    const lock = data.locks[wait.lock] ?? "the lock";
    remember(x0, x1, top, top + 18, () =>
      `${row.label} waits for ${lock}, ${lengthOf(until(wait.to) - wait.from)}: ${brief(wait.result)}`, 1);
  }, (from, to, count) => paintMany(from, to, count, top + 3, 14, "waits", null));
  const colour = colourOf(row.process);
  const labels = [];
  if (!hidden.kinds.has("belief")) {
    eachInView(row.beliefs, (belief) => {
      if (hidden.locks.has(belief.lock)) return;
      const to = until(belief.to);
      const [x0, x1] = bar(belief.from, to, top, 20, colour, ink.ink);
      const words = `${letterOf(row.process)} believes it holds ${data.locks[belief.lock]}${tokenOf(belief.token)}`;
      if (x1 - x0 > 16) labels.push([words, x0, x1 - x0 - 9]);
      remember(x0, x1, top, top + 20, () =>
        `${row.label} believes it holds ${data.locks[belief.lock]}${tokenOf(belief.token)}\nfrom ` +
        `${seconds(belief.from, 1e9)} s to ${seconds(to, 1e9)} s (${belief.end})`, 2);
    }, (from, to, count) => paintMany(from, to, count, top, 20, "holds", colour));
  }
  if (!hidden.kinds.has("grant")) paintGrants(row.grants, top + 24, 10);
  paintState(row);
  for (const [words, x, room] of labels) {
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colour;
    pen.fillRect(x + 1, top + 2, Math.min(pen.measureText(words).width + 8, room + 6), 16);
    label(words, x + 5, top + 14, room, inkOn(colour));
  }
}

// Thin bars of what the service granted, each ended by a stroke where it was not given back.
function paintGrants(list, y, height) {
  eachInView(list, (grant) => {
    if (hidden.locks.has(grant.lock)) return;
    const to = until(grant.to);
    const colour = colourOf(grant.holder);
    pen.globalAlpha = 0.55;
    const [x0, x1] = bar(grant.from, to, y, height, colour);
    pen.globalAlpha = 1;
    bar(grant.from, to, y, height, null, colour);
    if (grant.to !== null && grant.how !== "released" && grant.to <= view.to) {
      pen.fillStyle = ink.bad;
      pen.fillRect(x1 - 1.5, y - 2, 3, height + 4);
    }
    const words = `granted ${data.locks[grant.lock]}`;
    if (x1 - x0 > 110) label(words, x0 + 4, y + height - 1, x1 - x0 - 8, ink.ink, "10px system-ui");
    remember(x0, x1, y, y + height, () => grantText(grant), 2);
  }, (from, to, count) => paintMany(from, to, count, y, height, "grants", ink.muted));
}
function grantText(grant) {
  const renewed = grant.renewed.length > 0 ? `\nrenewed ${grant.renewed.length} times` : "";
  return `${grant.server} granted ${data.locks[grant.lock]} to ${nameOf(grant.holder)}\nfrom ` +
    `${seconds(grant.from, 1e9)} s to ${seconds(until(grant.to), 1e9)} s` +
    `${grant.to === null ? "" : `, then ${grant.how}`}${renewed}`;
}

function paintLock(row) {
  if (hidden.kinds.has("grant") || hidden.locks.has(row.lock)) return;
  const many = (from, to, count) =>
    paintMany(from, to, count, row.top + 7, row.height - 14, "grants", ink.muted);
  eachInView(row.grants, (grant) => {
    const to = until(grant.to);
    const colour = colourOf(grant.holder);
    const [x0, x1] = bar(grant.from, to, row.top + 7, row.height - 14, colour, ink.ink);
    paintLease(grant, row);
    const words = `${letterOf(grant.holder)} · granted to ${nameOf(grant.holder)}`;
    if (x1 - x0 > 16) label(words, x0 + 5, row.top + 23, x1 - x0 - 9, inkOn(colour));
    if (grant.how !== "released" && grant.to !== null && grant.to <= view.to) {
      pen.fillStyle = ink.bad;
      pen.fillRect(x1 - 1.5, row.top + 2, 3, row.height - 4);
      if (x1 - x0 > 190) {
        onPaper(grant.how, x1 - 60, row.top + 22, 54, ink.bad, "bold 11px system-ui, sans-serif");
      }
    }
    remember(x0, x1, row.top + 6, row.top + row.height - 6, () => grantText(grant), 2);
  }, many);
}

// The lease as it runs down: from full at its grant and each renewal to nothing at its expiry.
function paintLease(grant, row) {
  if (data.lease <= 0 || (data.lease / span()) * wide < 20) return;
  const begins = [grant.from, ...grant.renewed];
  if (begins.length > 400) return;
  pen.strokeStyle = ink.ink;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.6;
  begins.forEach((from, k) => {
    const stop = Math.min(begins[k + 1] ?? until(grant.to), from + data.lease);
    if (!inView(from, stop)) return;
    const y = (at) => row.top + 8 + ((at - from) / data.lease) * (row.height - 16);
    const a = Math.max(from, view.from);
    const b = Math.min(stop, view.to);
    pen.beginPath();
    pen.moveTo(xOf(a), y(a));
    pen.lineTo(xOf(b), y(b));
    pen.stroke();
  });
  pen.globalAlpha = 1;
}

// A server: who leads in which term, what it granted, and how far its clock is off.
function paintServer(row) {
  eachInView(row.leads, (lead) => {
    const [x0, x1] = bar(lead.from, lead.to, row.top + 4, 13, ink.band, ink.ink);
    const words = `leads in term ${lead.term}`;
    if (x1 - x0 > 40) label(words, x0 + 4, row.top + 14, x1 - x0 - 6, ink.ink, "11px system-ui");
    remember(x0, x1, row.top + 3, row.top + 18, () =>
      `${row.label} ${words}, from ${seconds(lead.from, 1e9)} s to ${seconds(lead.to, 1e9)} s`, 1);
  }, (from, to, count) => paintMany(from, to, count, row.top + 4, 13, "terms", ink.band));
  if (!hidden.kinds.has("grant")) paintGrants(row.grants, row.top + 20, 9);
}

function paintClockOffset(row) {
  const samples = data.clocks[data.traceNodes.indexOf(row.node)] ?? [];
  const y = row.top + row.height - 5;
  for (let k = 0; k + 1 < samples.length; k++) {
    const [from, ahead] = samples[k];
    const off = ahead - middleClock;
    const to = samples[k + 1][0];
    if (Math.abs(off) < 5e7 || !inView(from, to) || to - from < 1e6) continue;
    const [x0, x1] = bar(from, to, y, 3, ink.fault);
    const words = `clock ${lengthOf(Math.abs(off))} ${off < 0 ? "behind" : "ahead"}`;
    if (x1 - x0 > 90) onPaper(words, x1 - 100, y + 1, 96, ink.ink, "10px system-ui");
    remember(x0, x1, y - 4, y + 4, () => `${row.label}: ${words}`, 3);
  }
}

// A write is a filled diamond with its token; a read a small circle; refused ones are crossed out.
function paintAccess(access, x, y, small, crowded) {
  pen.strokeStyle = access.accepted ? ink.ink : ink.bad;
  pen.fillStyle = !access.accepted || !access.write ? ink.paper
    : isWrong(access) ? ink.bad : colourOf(access.process);
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
  if (!access.accepted) cross(x, y, r + 2, ink.bad, 2.2);
  if (access.write && !crowded && access.token !== "0") {
    label(access.token, x + r + 2, y + 4, 60, access.accepted ? ink.ink : ink.bad,
          "11px system-ui, sans-serif");
  }
}

// Where they crowd, one mark stands for all within its width, and a wrong one is never left out.
const writesWrong = Uint8Array.from(data.accesses, (one) => (isWrong(one) || !one.accepted ? 1 : 0));
function paintAccesses() {
  if (hidden.kinds.has("access")) return;
  const last = new Map();
  const times = data.accesses.starts;
  const pixel = span() / Math.max(wide - gutterWide, 1);
  let painted = -Infinity;
  for (let i = firstNotBelow(times.length, (k) => times[k], timeAt(gutterWide));
       i < times.length && times[i] <= view.to; i++) {
    if (times[i] - painted < (writesWrong[i] ? 0.3 : 0.6) * pixel) continue;
    painted = times[i];
    const access = data.accesses[i];
    const x = xOf(access.at);
    const crowded = x - (last.get(access.process) ?? -100) < 22;
    if (resourceRow?.shown) {
      paintAccess(access, x, resourceRow.top + 20, false, crowded);
      remember(x - 4, x + 4, resourceRow.top + 8, resourceRow.top + 32,
               () => `${seconds(access.at, 1e9)} s: ${wordsOf(access)}`, 3, () => eventOfAccess(i));
    }
    const client = rowOfNode.get(nameOf(access.process));
    if (client?.shown && access.write) paintAccess(access, x, client.top + 50, true, crowded);
    if (access.write) last.set(access.process, x);
  }
}
function eventOfAccess(index) {
  let i = firstNotBelow(events.count, (k) => events.at[k], data.accesses[index].at);
  while (i < events.count && !(events.kind[i] === accessed && events.ref[i] === index)) i++;
  return i;
}
