// Two timelines in one page: they move together, and show where the runs part.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browser, clean, open, shot } from "./driver.js";

after(() => browser.close());

test("two timelines stand below each other and move together", async () => {
  const { page, seen } = await open("versus.html", { settle: 600 });
  const frames = ["a", "b"].map((name) => page.frame({ name: `lockstep-beside-${name}` }));
  const windows = () => Promise.all(frames.map((frame) => frame.textContent("#window")));
  await page.waitForTimeout(300);
  const before = await windows();
  assert.equal(before[0], before[1], "both show the same part of time");
  const box = await (await frames[0].$("#chart")).boundingBox();
  await page.mouse.move(box.x + 700, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(500);
  const moved = await windows();
  assert.notEqual(moved[0], before[0]);
  assert.equal(moved[0], moved[1]);
  assert.match(await page.textContent("main"), /then they part/);
  await shot(page, "versus");
  clean(seen);
});
