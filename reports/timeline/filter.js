// Leaves out rows, kinds of events and locks, and finds events by their words.
function toggleFilter(open) {
  const box = byId("filter");
  box.hidden = open === undefined ? !box.hidden : !open;
  document.querySelector("[data-do=filter]").setAttribute("aria-expanded", String(!box.hidden));
}

function refilter() {
  layOut();
  writeEvents();
  writeLink();
  redraw();
}

function choices(title, names, set) {
  const group = make("fieldset");
  group.append(make("legend", title));
  for (const [name, key] of names) {
    const line = make("label");
    const box = make("input", undefined, { type: "checkbox" });
    box.checked = !set.has(key);
    box.addEventListener("change", () => {
      if (box.checked) set.delete(key);
      else set.add(key);
      refilter();
    });
    line.append(box, ` ${brief(name, 60)}`);
    group.append(line);
  }
  return group;
}

function writeFilter() {
  const places = byId("choices");
  places.replaceChildren(
    choices("Rows", allRows.map((row) => [row.label, row.label]), hidden.rows),
    choices("Kinds", [...new Set(kindNames)].map((kind) => [kind, kind]), hidden.kinds),
    choices("Locks", data.locks.map((name, lock) => [name, lock]), hidden.locks));
  byId("search").addEventListener("input", scheduleSearch);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search();
    nextFound(event.shiftKey ? -1 : 1);
  });
}

// Words are sought in slices, so that a million events do not stop the page.
const found = { text: "", list: [], at: -1, timer: 0, done: 0 };
function scheduleSearch() {
  clearTimeout(found.timer);
  found.timer = setTimeout(search, 150);
}
function search() {
  const text = byId("search").value.trim().toLowerCase();
  if (text === found.text) return;
  clearTimeout(found.timer);
  Object.assign(found, { text, list: [], at: -1, done: 0 });
  if (text) searchOn();
  else tellFound();
}
function searchOn() {
  const stop = performance.now() + 25;
  while (found.done < events.count && performance.now() < stop) {
    for (let k = 0; k < 200 && found.done < events.count; k++, found.done++) {
      const i = found.done;
      const all = `${nodeOfEvent(i)} ${textOfEvent(i)}`.toLowerCase();
      if (all.includes(found.text) && wanted(i)) found.list.push(i);
    }
  }
  tellFound();
  if (found.done < events.count) found.timer = setTimeout(searchOn, 0);
}
function tellFound() {
  const searching = found.done < events.count ? ", still searching" : "";
  byId("found").textContent = found.text === "" ? ""
    : `${found.list.length} found${searching}${found.list.length > 0 ? "; Enter shows the next" : ""}`;
}
function nextFound(direction) {
  if (found.list.length === 0) return say("Not found.");
  found.at = (found.at + direction + found.list.length) % found.list.length;
  select(found.list[found.at]);
}
