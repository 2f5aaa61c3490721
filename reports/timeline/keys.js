// What buttons and keys do. Everything that a pointer can do, a key can.
const actions = {
  story: showStory, all: showAll, in: () => zoom(0.5), out: () => zoom(2),
  next: () => choose(view.step + 1), previous: () => choose(view.step < 0 ? -1 : view.step - 1),
  forth: () => stepEvent(1), back: () => stepEvent(-1),
  cause: () => select(view.chosen < 0 ? -1 : causeOf(view.chosen)),
  effect: () => select(view.chosen < 0 ? -1 : effectsOf(view.chosen)[0] ?? -1),
  play: togglePlay, measure: measureAtCursor, filter: () => toggleFilter(),
  link: () => { writeLink(); copy(location.href, "the link"); },
  command: () => copy(data.command, "the command"), download,
  help: () => byId("help").showModal(), close: () => byId("help").close(),
};
const keys = {
  ArrowLeft: () => move(-0.15), a: () => move(-0.15), ArrowRight: () => move(0.15),
  d: () => move(0.15), ArrowUp: () => zoom(0.7), w: () => zoom(0.7), "+": () => zoom(0.7),
  "=": () => zoom(0.7), ArrowDown: () => zoom(1.4), s: () => zoom(1.4), "-": () => zoom(1.4),
  0: showAll, f: showStory, n: actions.next, N: actions.previous,
  ".": actions.forth, ",": actions.back, j: () => stepEvent(1, true), k: () => stepEvent(-1, true),
  ">": () => moveCursor(0.01), "<": () => moveCursor(-0.01),
  v: () => nextFault(1), V: () => nextFault(-1), c: actions.cause, e: actions.effect,
  Enter: () => select(selectNear(view.cursor ?? (view.from + view.to) / 2)),
  " ": togglePlay, "[": () => playSpeed(0.5), "]": () => playSpeed(2), m: measureAtCursor,
  "/": () => { toggleFilter(true); byId("search").focus(); }, y: actions.link,
  g: () => byId("events").focus(), "?": actions.help,
  Escape: () => { view.range = null; view.chosen = -1; tellRange(); writeDetails(); },
};

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    const target = event.target;
    const types = target.tagName === "INPUT" && target.type === "search" || target.tagName === "TEXTAREA";
    if (types) {
      if (event.key === "Escape") chart.focus();
      return;
    }
    const onChart = document.activeElement === chart;
    if (event.shiftKey && onChart && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      return changeRow(event.key === "ArrowUp" ? -1 : 1);
    }
    if ((event.key.startsWith("Arrow") || event.key === "Enter" || event.key === " ") && !onChart) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => actions[button.dataset.do]());
  }
  window.addEventListener("hashchange", followLink);
}
