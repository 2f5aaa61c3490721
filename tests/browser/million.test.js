// A million events: how long the page takes to open, and its longest frame while it is moved.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { browser, clean, folder, open, shot } from "./driver.js";

after(() => browser.close());

// How long the page's own work takes per frame while the reader moves through it.
async function longestFrame(page, act) {
  await page.evaluate(() => {
    window.frames_ = [];
    const real = window.requestAnimationFrame;
    window.requestAnimationFrame = (work) => real((now) => {
      const begin = performance.now();
      work(now);
      window.frames_.push(performance.now() - begin);
    });
  });
  await act();
  return page.evaluate(() => Math.max(...window.frames_));
}

test("a million events open and move", async () => {
  const size = fs.statSync(path.join(folder, "million.html")).size;
  const { page, seen } = await open("million.html", { settle: 2500, picture: true });
  const events = Number(/([\d,]+) events/.exec(await page.textContent("#banner"))[1].replaceAll(",", ""));
  const box = await page.locator("#chart").boundingBox();
  await page.click("[data-do=all]");
  await page.waitForTimeout(500);
  const pan = await longestFrame(page, async () => {
    for (let round = 0; round < 4; round++) {
      await page.mouse.move(box.x + 900, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + 300, box.y + 60, { steps: 15 });
      await page.mouse.up();
      await page.keyboard.press("w");
      await page.keyboard.press("w");
    }
  });
  await shot(page, "million");
  const figures = { opening_ms: seen.opening, longest_frame_ms: Math.round(pan), file_bytes: size, events };
  fs.writeFileSync(path.join(folder, "million.json"), `${JSON.stringify(figures, null, 2)}\n`);
  console.log(JSON.stringify(figures));
  assert.ok(events >= 1e6, `${events} events`);
  assert.ok(size < 32 << 20, `${size} bytes`);
  clean(seen);
});
