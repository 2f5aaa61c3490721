// Inside of a page that shows two timelines: says to the page what is in view here, and shows what
// the page says that the other one shows. Where the two runs part is marked.
const beside = window.parent !== window && window.name.startsWith("lockstep-beside");
const other = { told: null, mark: null };  // told: nothing before the page has spoken

function paintMark() {
  if (other.mark === null || !inView(other.mark, other.mark)) return;
  const x = Math.round(xOf(other.mark)) + 0.5;
  if (x < gutterWide) return;
  pen = fitCanvas(byId("rows"), rows.height, wide);
  pen.strokeStyle = ink.chosen;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.moveTo(x, 18);
  pen.lineTo(x, rows.height);
  pen.stroke();
  const left = x > wide - 130;
  onPaper("first difference", left ? x - 110 : x + 6, rows.height - 8, 104, ink.chosen,
          "bold 12px system-ui, sans-serif");
}
function tellPage(message) {
  window.parent.postMessage({ lockstep: message }, "*");
}
function tellView() {
  const now = [view.from, view.to, view.cursor].join();
  if (other.told === null || now === other.told) return;
  other.told = now;
  tellPage({ view: [view.from, view.to], cursor: view.cursor });
}
function stayBeside() {
  if (!beside) return;
  document.documentElement.dataset.beside = "yes";
  measurePage();
  view.listeners.push(paintMark, tellView);
  window.addEventListener("message", (event) => {
    const said = event.data?.lockstep;
    if (event.source !== window.parent || !Array.isArray(said?.view)) return;
    [view.from, view.to] = said.view;
    if (said.mark !== undefined) other.mark = said.mark;
    if (said.cursor !== undefined) view.cursor = said.cursor;
    other.told = [view.from, view.to, view.cursor].join();
    redraw();
  });
  tellPage({ ready: true, high: Math.ceil(document.body.getBoundingClientRect().height) });
}
