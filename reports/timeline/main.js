// Puts the page together.
writeBanner();
writeStory();
writeLegend();
writeEvents();
listenToKeys();
listenToPointer(byId("map"));
listenForTips();
view.listeners.push(paint, paintMap, markStep, writeTraffic, writeClocks);
if (data.story) showStory();
else showAll();
const wanted = /^#step-(\d+)$/.exec(location.hash);
if (wanted) choose(Number(wanted[1]) - 1);
window.addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  writeLegend();
  redraw();
});
