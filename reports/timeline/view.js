// Which part of the run is in view, which step is chosen, where the cursor is.
const gutter = () => (chart.clientWidth < 600 ? 84 : 132);
const chart = byId("chart");
const view = { from: 0, to: end, step: -1, cursor: null, listeners: [] };

const span = () => view.to - view.from;
const width = () => chart.clientWidth;
const xOf = (at) => gutter() + ((at - view.from) / span()) * (width() - gutter());
const timeAt = (x) => view.from + ((x - gutter()) / (width() - gutter())) * span();

function changed() {
  for (const listener of view.listeners) listener();
}
let waiting = false;
function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    changed();
  });
}

function show(from, to) {
  const least = 2e3;
  const most = end * 1.1;
  const length = Math.min(Math.max(to - from, least), most);
  const middle = Math.min(Math.max((from + to) / 2, 0), end);
  view.from = middle - length / 2;
  view.to = middle + length / 2;
  redraw();
}
const move = (part) => show(view.from + span() * part, view.to + span() * part);
function zoom(factor, about) {
  const at = about ?? view.cursor ?? (view.from + view.to) / 2;
  show(at - (at - view.from) * factor, at + (view.to - at) * factor);
}
const showAll = () => show(-end * 0.02, end * 1.02);
const showStory = () => show(...storyWindow());

// Chooses a step of the story and brings it into view with what stands next to it.
function choose(index) {
  if (steps.length === 0) return;
  view.step = (index + steps.length) % steps.length;
  const step = steps[view.step];
  view.cursor = step.at;
  if (step.at < view.from + span() * 0.05 || step.at > view.to - span() * 0.05) {
    show(step.at - span() / 2, step.at + span() / 2);
  }
  history.replaceState(null, "", `#step-${view.step + 1}`);
  byId("live").textContent = `Step ${view.step + 1}: ${step.who} ${step.text}`;
  redraw();
}

function moveCursor(part) {
  view.cursor = Math.min(Math.max((view.cursor ?? (view.from + view.to) / 2) + span() * part, 0), end);
  if (view.cursor < view.from || view.cursor > view.to) move(part > 0 ? 0.5 : -0.5);
  redraw();
}

const actions = { story: showStory, all: showAll, in: () => zoom(0.5), out: () => zoom(2),
                  next: () => choose(view.step + 1),
                  previous: () => choose(view.step < 0 ? -1 : view.step - 1) };
const keys = { ArrowLeft: () => move(-0.15), a: () => move(-0.15),
               ArrowRight: () => move(0.15), d: () => move(0.15),
               ArrowUp: () => zoom(0.7), w: () => zoom(0.7), "+": () => zoom(0.7),
               "=": () => zoom(0.7), ArrowDown: () => zoom(1.4), s: () => zoom(1.4),
               "-": () => zoom(1.4), 0: showAll, v: showStory, f: showStory,
               n: actions.next, N: actions.previous,
               ",": () => moveCursor(-0.01), ".": () => moveCursor(0.01) };

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = event.key.startsWith("Arrow");
    if (arrow && document.activeElement !== chart) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => actions[button.dataset.do]());
  }
}

function listenToPointer(map) {
  let last = null;
  chart.addEventListener("pointerdown", (event) => {
    last = event.clientX;
    chart.setPointerCapture(event.pointerId);
    chart.classList.add("dragging");
  });
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    if (last !== null) {
      move((last - event.clientX) / (width() - gutter()));
      last = event.clientX;
    } else {
      view.cursor = Math.min(Math.max(timeAt(event.clientX - box.left), 0), end);
      redraw();
    }
  });
  const drop = () => {
    last = null;
    chart.classList.remove("dragging");
  };
  chart.addEventListener("pointerup", drop);
  chart.addEventListener("pointercancel", drop);
  chart.addEventListener("dblclick", (event) => {
    zoom(0.4, timeAt(event.clientX - chart.getBoundingClientRect().left));
  });
  chart.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const about = timeAt(event.clientX - chart.getBoundingClientRect().left);
      zoom(Math.exp(event.deltaY * 0.004), about);
    } else if (event.deltaX !== 0 || event.shiftKey) {
      event.preventDefault();
      move((event.deltaX || event.deltaY) / (width() - gutter()));
    }
  }, { passive: false });
  const jump = (event) => {
    const box = map.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * end;
    show(at - span() / 2, at + span() / 2);
  };
  map.addEventListener("pointerdown", (event) => {
    map.setPointerCapture(event.pointerId);
    jump(event);
  });
  map.addEventListener("pointermove", (event) => {
    if (event.buttons) jump(event);
  });
}
