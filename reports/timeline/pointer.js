// Mouse, pen and touch: drag to move, pinch or ctrl+wheel to zoom, shift+drag to measure.
const pointers = new Map();  // those that are down, by id: their places on the chart

function startPointer(event) {
  const x = event.clientX - chart.getBoundingClientRect().left;
  pointers.set(event.pointerId, { x, start: x, moved: false, measures: event.shiftKey });
  try {
    chart.setPointerCapture(event.pointerId);
  } catch { /* a pointer that has gone already */ }
  if (event.shiftKey) view.range = [timeAt(x), null];
  else chart.classList.add("dragging");
}

function pinch(a, b, before) {
  const now = Math.abs(a.x - b.x);
  if (before > 5 && now > 5) zoom(before / now, timeAt((a.x + b.x) / 2));
}

function movePointer(event) {
  const x = event.clientX - chart.getBoundingClientRect().left;
  const pointer = pointers.get(event.pointerId);
  if (!pointer) {
    if (!play.on) view.cursor = Math.min(Math.max(timeAt(x), 0), end);
    return redraw();
  }
  if (Math.abs(x - pointer.start) > 3) pointer.moved = true;
  if (pointers.size === 2) {
    const [a, b] = [...pointers.values()];
    const before = Math.abs(a.x - b.x);
    pointer.x = x;
    return pinch(a, b, before);
  }
  if (pointer.measures) {
    view.range = [view.range[0], timeAt(x)];
    tellRange();
  } else {
    move((pointer.x - x) / (width() - gutterWide));
  }
  pointer.x = x;
}

function dropPointer(event) {
  const pointer = pointers.get(event.pointerId);
  pointers.delete(event.pointerId);
  chart.classList.remove("dragging");
  if (!pointer || pointer.moved || event.type === "pointercancel") return;
  const box = chart.getBoundingClientRect();
  const mark = markAt(event.clientX - box.left, event.clientY - box.top);
  if (mark?.event !== undefined) select(mark.event());
  else select(selectNear(timeAt(event.clientX - box.left)));
}

function listenToPointer(map) {
  chart.addEventListener("pointerdown", startPointer);
  chart.addEventListener("pointermove", movePointer);
  chart.addEventListener("pointerup", dropPointer);
  chart.addEventListener("pointercancel", dropPointer);
  chart.addEventListener("dblclick", (event) => {
    zoom(0.4, timeAt(event.clientX - chart.getBoundingClientRect().left));
  });
  chart.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.004), timeAt(event.clientX - chart.getBoundingClientRect().left));
    } else if (event.deltaX !== 0 || event.shiftKey) {
      event.preventDefault();
      move((event.deltaX || event.deltaY) / (width() - gutterWide));
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

function listenForTips() {
  const tip = byId("tip");
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const best = markAt(event.clientX - box.left, event.clientY - box.top);
    tip.hidden = !best;
    if (!best) return;
    tip.textContent = brief(best.text(), 1200);
    tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 8)}px`;
  });
  chart.addEventListener("pointerleave", () => { tip.hidden = true; });
}
