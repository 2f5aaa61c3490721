// Puts the page together.
readInk();
layOut();
writeBanner();
writeStory();
writeCounterfactuals();
writeProperties();
writeGraph();
writeLegend();
listenToKeys();
listenToPointer(byId("map"));
listenForTips();
byId("command").textContent = data.command;
view.listeners.push(paint, paintMap, markStep, writeTraffic, writeClocks);
if (data.story) showStory();
else showAll();
followLink();
writeFilter();
function redrawAll() {
  measurePage();
  readInk();
  wholeRun = null;
  redraw();
}
window.addEventListener("resize", redrawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  redrawAll();
  writeLegend();
});
setTimeout(writeEvents, 0);
stayBeside();
document.documentElement.dataset.ready = "yes";
