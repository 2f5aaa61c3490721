// Which part of the run is in view, what is chosen, where the cursor is.
const chart = byId("chart");
const gutter = () => (chart.clientWidth < 600 ? 84 : 148);
const view = { from: 0, to: end, step: -1, cursor: null, chosen: -1, range: null, listeners: [] };

let wide = chart.clientWidth;
const span = () => view.to - view.from;
const width = () => wide;
const xOf = (at) => gutterWide + ((at - view.from) / span()) * (wide - gutterWide);
const timeAt = (x) => view.from + ((x - gutterWide) / (wide - gutterWide)) * span();
let gutterWide = gutter();
function measurePage() {
  wide = chart.clientWidth;
  gutterWide = gutter();
}

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
  const length = Math.min(Math.max(to - from, 2e3), end * 1.1);
  const middle = Math.min(Math.max((from + to) / 2, 0), end);
  view.from = middle - length / 2;
  view.to = middle + length / 2;
  redraw();
}
const move = (part) => show(view.from + span() * part, view.to + span() * part);
function zoom(factor, about) {
  const at = about ?? (view.cursor !== null && inView(view.cursor, view.cursor)
    ? view.cursor : (view.from + view.to) / 2);
  show(at - (at - view.from) * factor, at + (view.to - at) * factor);
}
const showAll = () => show(-end * 0.02, end * 1.02);
const showStory = () => show(...storyWindow());
const inView = (from, to) => from <= view.to && to >= view.from;
function bringIntoView(at) {
  if (at < view.from + span() * 0.05 || at > view.to - span() * 0.05) {
    show(at - span() / 2, at + span() / 2);
  }
}
const say = (text) => { byId("live").textContent = text; };

// Calls `one` with each span of a sorted list that can be seen alone, and `many` with runs of those
// that are too narrow for it, so that a million cost no more than the picture is wide.
function eachInView(list, one, many) {
  const pixel = span() / Math.max(wide - gutterWide, 1);
  const { starts, ends } = list;
  const count = starts.length;
  let first = -1;
  let begin = 0;
  let stop = 0;
  let together = 0;
  const flush = () => {
    if (together === 1) one(list[first]);
    else if (together > 1) many(begin, stop, together);
    together = 0;
  };
  let i = firstNotBelow(count, (k) => starts[k], view.from - list.longest);
  for (; i < count && starts[i] <= view.to; i++) {
    const start = starts[i];
    const last = ends[i];
    if (last < view.from) continue;
    if (last - start >= 2 * pixel) {
      flush();
      one(list[i]);
    } else if (together > 0 && start - stop < 2 * pixel) {
      if (last > stop) stop = last;
      together++;
    } else {
      flush();
      first = i;
      begin = start;
      stop = last;
      together = 1;
    }
  }
  flush();
}
