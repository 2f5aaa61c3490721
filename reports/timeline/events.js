// Everything that happened as one list in time order, with the cause and the effects of each. Words
// are made when somebody asks for them: a run may have a million events.
const kindNames = ["belief", "belief", "grant", "grant", "access", "fault", "fault", "node",
                   "message", "message", "clock", "violation", "violation"];
const [believes, stops, granted, grantEnds, accessed, faultBegins, faultEnds, nodeChanges,
       sends, receives, clockChanges, overlapBegins, verdictFalls] = kindNames.keys();

const events = (() => {
  const at = [];
  const kind = [];
  const ref = [];
  const add = (when, what, index) => {
    at.push(when);
    kind.push(what);
    ref.push(index);
  };
  data.faults.forEach((one, i) => {
    add(one.from, faultBegins, i);
    if (one.to !== null) add(one.to, faultEnds, i);
  });
  data.nodes.forEach((one, i) => one[2] > 0 && add(one[2], nodeChanges, i));
  data.notes.forEach((one, i) => add(one[0], clockChanges, i));
  for (let i = 0; i < messages.count; i++) {
    if (messages.got[i] >= 0) add(messages.got[i], receives, i);
  }
  data.grants.forEach((one, i) => {
    add(one.from, granted, i);
    if (one.to !== null) add(one.to, grantEnds, i);
  });
  data.accesses.forEach((one, i) => add(one.at, accessed, i));
  data.beliefs.forEach((one, i) => {
    add(one.from, believes, i);
    if (one.to !== null) add(one.to, stops, i);
  });
  data.overlaps.forEach((one, i) => add(one.from, overlapBegins, i));
  data.verdicts.forEach((one, i) => {
    if (one.status === "violated" && one.at !== null) add(one.at, verdictFalls, i);
  });
  for (let i = 0; i < messages.count; i++) add(messages.sent[i], sends, i);
  const times = Float64Array.from(at);
  // Each kind stands in the order of time already: an array's sort makes use of that, and a typed
  // array's does not.
  const order = Array.from(times.keys()).sort((a, b) => times[a] - times[b]);
  return { count: order.length, at: Float64Array.from(order, (i) => times[i]),
           kind: Uint8Array.from(order, (i) => kind[i]), ref: Uint32Array.from(order, (i) => ref[i]) };
})();

// Who it happened to: the name of a node.
function nodeOfEvent(i) {
  const ref = events.ref[i];
  switch (events.kind[i]) {
    case believes: case stops: return nameOf(data.beliefs[ref].process);
    case granted: case grantEnds: return data.grants[ref].server;
    case accessed: return data.resourceNode || "resource";
    case nodeChanges: return data.nodes[ref][0];
    case sends: return data.traceNodes[messages.from[ref]];
    case receives: return data.traceNodes[messages.to[ref]];
    case clockChanges: return data.traceNodes[data.notes[ref][1]];
    case overlapBegins: return data.overlaps[ref].processes.map(nameOf).join(" and ");
    case faultBegins: case faultEnds: return "fault";
    default: return "violation";
  }
}
function rowOfEvent(i) {
  const ref = events.ref[i];
  switch (events.kind[i]) {
    case granted: case grantEnds: return lockRow(data.grants[ref].lock);
    case accessed: return resourceRow;
    case faultBegins: case faultEnds: return faultsRow;
    case overlapBegins: case verdictFalls: return allRows[0];
    default: return rowOfNode.get(nodeOfEvent(i));
  }
}
function lockOfEvent(i) {
  const ref = events.ref[i];
  switch (events.kind[i]) {
    case believes: case stops: return data.beliefs[ref].lock;
    case granted: case grantEnds: return data.grants[ref].lock;
    case overlapBegins: return data.overlaps[ref].lock;
    default: return -1;
  }
}

function wordsOf(access) {
  const token = access.token === "0" ? "no token" : `token ${access.token}`;
  const what = access.write ? `writes ${brief(access.resource)} = ${access.value}`
                            : `reads ${brief(access.resource)} = ${access.value}`;
  const fate = access.accepted ? (access.write ? `accepted as version ${access.version}` : "")
                               : `refused: ${brief(access.refusal)}`;
  const wrong = [access.late ? "late: another client had got the lock" : "",
                 access.lost ? "lost update: overwrites what it never saw" : ""];
  return [`${nameOf(access.process)} ${what} (${token})`, fate, ...wrong].filter(Boolean).join("\n");
}
const isWrong = (access) => access.accepted && (access.lost || access.late && access.write);
const messageText = (m) => brief(data.texts[messages.text[m]]);

function textOfEvent(i) {
  const ref = events.ref[i];
  switch (events.kind[i]) {
    case believes: {
      const { lock, token } = data.beliefs[ref];
      return `believes it holds ${data.locks[lock]}${token === "0" ? "" : ` with token ${token}`}`;
    }
    case stops:
      return `believes no more that it holds ${data.locks[data.beliefs[ref].lock]} (${data.beliefs[ref].end})`;
    case granted:
      return `grants ${data.locks[data.grants[ref].lock]} to ${nameOf(data.grants[ref].holder)}`;
    case grantEnds: {
      const { lock, holder, how } = data.grants[ref];
      return `the grant of ${data.locks[lock]} to ${nameOf(holder)} is ${how}`;
    }
    case accessed: return wordsOf(data.accesses[ref]).replaceAll("\n", "; ");
    case faultBegins: return brief(data.faults[ref].text);
    case faultEnds: return `over: ${brief(data.faults[ref].text)}`;
    case nodeChanges: return data.nodes[ref][1];
    case sends:
      return `sends to ${data.traceNodes[messages.to[ref]]}: ${messageText(ref)}` +
        (messages.got[ref] < 0 ? " (it never arrives)" : "");
    case receives: return `receives from ${data.traceNodes[messages.from[ref]]}: ${messageText(ref)}`;
    case clockChanges: return brief(data.texts[data.notes[ref][2]]);
    case overlapBegins: return `both believe that they hold ${data.locks[data.overlaps[ref].lock]}`;
    default: return `${data.verdicts[ref].property} is violated: ${brief(data.verdicts[ref].explanation, 600)}`;
  }
}
function wrongEvent(i) {
  const kind = events.kind[i];
  return kind === overlapBegins || kind === verdictFalls ||
    (kind === accessed && isWrong(data.accesses[events.ref[i]])) ||
    (kind === sends && messages.got[events.ref[i]] < 0);
}

// Where each message's sending and its arrival stand in the list.
const placeOf = (() => {
  const sent = new Uint32Array(messages.count);
  const got = new Int32Array(messages.count).fill(-1);
  for (let i = 0; i < events.count; i++) {
    if (events.kind[i] === sends) sent[events.ref[i]] = i;
    if (events.kind[i] === receives) got[events.ref[i]] = i;
  }
  return { sent, got };
})();

// The messages that a message made its receiver send, found by their causes.
let effectLists = null;
function messagesAfter(m) {
  if (!effectLists) {
    effectLists = new Map();
    for (let i = 0; i < messages.count; i++) {
      const cause = messages.cause[i];
      if (cause < 0) continue;
      if (!effectLists.has(cause)) effectLists.set(cause, []);
      effectLists.get(cause).push(i);
    }
  }
  return effectLists.get(m) ?? [];
}

// What a node did at the very instant at which a message reached it, it did because of it.
const sameStep = 1e6;
function causeOf(i) {
  const kind = events.kind[i];
  if (kind === receives) return placeOf.sent[events.ref[i]];
  if (kind === sends) {
    const cause = messages.cause[events.ref[i]];
    return cause < 0 ? -1 : placeOf.got[cause];
  }
  if (kind === overlapBegins || kind === verdictFalls || kind === faultBegins) return -1;
  const node = nodeOfEvent(i);
  for (let j = i - 1; j >= 0 && events.at[i] - events.at[j] <= sameStep; j--) {
    if (events.kind[j] === receives && nodeOfEvent(j) === node) return j;
    if (events.kind[j] === faultBegins && data.faults[events.ref[j]].targets.includes(node)) return j;
  }
  return -1;
}
function effectsOf(i) {
  if (events.kind[i] === sends) {
    const got = placeOf.got[events.ref[i]];
    return got < 0 ? [] : [got];
  }
  if (events.kind[i] !== receives && events.kind[i] !== faultBegins) return [];
  const found = events.kind[i] === receives
    ? messagesAfter(events.ref[i]).map((m) => placeOf.sent[m]) : [];
  for (let j = i + 1; j < events.count && events.at[j] - events.at[i] <= sameStep; j++) {
    if (events.kind[j] !== sends && causeOf(j) === i) found.push(j);
  }
  return found.sort((a, b) => a - b);
}
// The event of a story's step: at its instant, with its node, the most telling kind first.
function eventOfStep(step) {
  const from = firstNotBelow(events.count, (i) => events.at[i], step.at);
  const best = { granted, grant_end: grantEnds, accepted: accessed, refused: accessed,
                 acquired: believes, fault: faultBegins, resumed: nodeChanges, sent: sends }[step.kind];
  let found = -1;
  for (let i = from; i < events.count && events.at[i] <= step.at; i++) {
    if (events.kind[i] === best && (best !== believes || nodeOfEvent(i) === step.who)) return i;
    if (nodeOfEvent(i) === step.who || found < 0) found = i;
  }
  return found;
}
