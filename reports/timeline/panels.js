// Below the picture: what would have prevented it, each violated property with its witness, and who
// waited for whom.
function writeCounterfactuals() {
  const box = byId("otherwise");
  if (data.counterfactuals.length === 0) return;
  box.hidden = false;
  box.append(make("h2", "What would have prevented it"));
  box.append(make("p", "Each line is a run of its own: the same seed, with one thing changed."));
  const list = make("ul");
  for (const other of data.counterfactuals) {
    const item = make("li", undefined, { class: other.violated.length === 0 ? "holds" : "" });
    const safe = other.violated.length === 0;
    item.append(make("b", safe ? "✓ " : other.prevented.length > 0 ? "◐ " : "✗ "));
    item.append(make("strong", brief(other.change)), ": ");
    item.append(safe ? "nothing is violated."
      : (other.prevented.length > 0 ? `no longer ${other.prevented.join(", ")}; ` : "no help: ") +
        `still ${other.violated.join(", ")}.`);
    if (other.sentence) item.append(` ${brief(other.sentence)}`);
    list.append(item);
  }
  box.append(list);
}

// Each violated property beside the others, with the steps that prove it.
function writeProperties() {
  const box = byId("properties");
  const violated = data.verdicts.filter((one) => one.status === "violated");
  if (violated.length === 0) return;
  box.hidden = false;
  box.append(make("h2", "Violated properties, side by side"));
  const cards = make("div", undefined, { class: "cards" });
  for (const verdict of violated) {
    const card = make("div", undefined, { class: "card" });
    card.append(make("h3", verdict.property), make("p", brief(verdict.explanation, 1200)));
    if (verdict.witness.length > 0) {
      const linearizable = verdict.property.includes("lineariza");
      card.append(make("p", linearizable
        ? "The longest order that fits, and then what no order can place:" : "What proves it:"));
      const list = make("ol", undefined, { class: linearizable ? "order" : "" });
      for (const one of verdict.witness) {
        const item = make("li");
        const link = make("a", `${seconds(one.at, 1e10)} s ${brief(one.who)}: ${brief(one.text)}`,
                          { href: "#" });
        link.addEventListener("click", (event) => {
          event.preventDefault();
          select(selectNear(one.at));
        });
        if (linearizable && one === verdict.witness.at(-1)) link.prepend("✗ ");
        item.append(link);
        list.append(item);
      }
      card.append(list);
    }
    cards.append(card);
  }
  box.append(cards);
}

// Who waits for whom at an instant: a waiter, the lock, and whoever holds it then.
function waitsAt(at) {
  const edges = [];
  for (const wait of data.waits) {
    if (wait.from > at || until(wait.to) <= at || wait.lock < 0) continue;
    for (const belief of data.beliefs) {
      const holds = belief.lock === wait.lock && belief.from <= at && until(belief.to) > at;
      if (holds && belief.process !== wait.process) {
        edges.push({ from: wait.process, to: belief.process, lock: wait.lock });
      }
    }
  }
  return edges;
}
// The edges from whose end one can come back to their beginning.
function onCycle(edges) {
  const reaches = (from, goal, seen) => edges.some((edge) => {
    if (edge.from !== from || seen.has(edge.to)) return false;
    if (edge.to === goal) return true;
    seen.add(edge.to);
    return reaches(edge.to, goal, seen);
  });
  return edges.filter((edge) => edge.from === edge.to || reaches(edge.to, edge.from, new Set()));
}

function writeGraph() {
  const verdict = ["no-wait-cycle", "deadlock-freedom"].map((name) => data.verdicts.find((one) =>
    one.property === name && one.status === "violated" && one.at !== null)).find(Boolean);
  if (!verdict) return;
  const edges = waitsAt(verdict.at + 1);
  const cycle = onCycle(edges);
  if (cycle.length === 0) return;
  const box = byId("graph");
  box.hidden = false;
  const words = cycle.map(({ from, to, lock }) =>
    `${nameOf(from)} waits for ${data.locks[lock]}, which ${nameOf(to)} holds`);
  box.append(make("h2", `Who waited for whom at ${seconds(verdict.at, 1e9)} s`));
  const picture = byId("circle");
  picture.setAttribute("aria-label", words.join("; "));
  box.append(picture, make("p", `${words.join("; ")}.`));
  drawGraph(picture, edges, new Set(cycle));
}

function drawGraph(picture, edges, cycle) {
  const part = (name, attributes, text) => {
    const element = document.createElementNS(picture.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    picture.append(element);
  };
  const who = [...new Set(edges.flatMap((edge) => [edge.from, edge.to]))].sort((a, b) => a - b);
  const place = new Map(who.map((process, k) => {
    const angle = (k / who.length) * 2 * Math.PI - Math.PI / 2;
    return [process, { x: 260 + 150 * Math.cos(angle), y: 150 + 100 * Math.sin(angle) }];
  }));
  for (const edge of edges) {
    const a = place.get(edge.from);
    const b = place.get(edge.to);
    const length = Math.max(Math.hypot(b.x - a.x, b.y - a.y), 1);
    const bend = { x: (a.x + b.x) / 2 + ((b.y - a.y) / length) * 26, y: (a.y + b.y) / 2 - ((b.x - a.x) / length) * 26 };
    const kind = cycle.has(edge) ? "on" : "off";
    const reach = Math.max(Math.hypot(b.x - bend.x, b.y - bend.y), 1);
    const tip = { x: b.x + ((bend.x - b.x) / reach) * 20, y: b.y + ((bend.y - b.y) / reach) * 20 };
    part("path", { class: `edge ${kind}`, d: `M${a.x} ${a.y}Q${bend.x} ${bend.y} ${tip.x} ${tip.y}` });
    const turn = (Math.atan2(tip.y - bend.y, tip.x - bend.x) * 180) / Math.PI;
    part("path", { class: `tip ${kind}`, d: "M0 0L-10 -5L-10 5Z", transform: `translate(${tip.x} ${tip.y})rotate(${turn})` });
    part("text", { class: "lock", x: bend.x, y: bend.y }, brief(data.locks[edge.lock], 30));
  }
  for (const [process, { x, y }] of place) {
    part("circle", { cx: x, cy: y, r: 16, fill: colourOf(process) });
    part("text", { class: "letter", x, y: y + 5, fill: inkOn(colourOf(process)) }, letterOf(process));
    part("text", { class: "name", x: x + (x < 260 ? -22 : 22), y: y + 5,
                   "text-anchor": x < 260 ? "end" : "start" }, brief(nameOf(process), 30));
  }
}
