// What holds for every page: readable by all, at every size, in both themes, and safe.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { browser, clean, open, shot } from "./driver.js";

after(() => browser.close());
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = ["write-after-pause.html", "deadly-embrace.html", "redlock-restart-without-fsync.html",
               "the-deposed-leaders-axe.html", "hostile.html", "vast.html"];

async function faultsOf(page) {
  const result = await page.evaluate(async (source) => {
    (0, eval)(source);
    return window.axe.run(document, { resultTypes: ["violations"] });
  }, axe).catch(() => null);
  return result?.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
}

for (const scheme of ["light", "dark"]) {
  for (const file of pages) {
    test(`axe finds nothing in ${file}, ${scheme}`, async () => {
      const { page } = await open(file, { context: { colorScheme: scheme, bypassCSP: true } });
      await page.click("[data-do=filter]");
      await page.keyboard.press(".");
      assert.deepEqual(await faultsOf(page), []);
      await page.keyboard.press("?");
      assert.deepEqual(await faultsOf(page), []);
    });
  }
}

test("light, dark, forced colours and a small screen", async () => {
  for (const [name, context] of Object.entries({
    light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { forcedColors: "active" },
    narrow: { viewport: { width: 320, height: 640 } }, still: { reducedMotion: "reduce" } })) {
    const { page, seen } = await open(pages[0], { context });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1),
              `${name}: nothing is wider than the screen`);
    await shot(page, name);
    clean(seen);
  }
});

for (const file of ["hostile.html", "vast.html"]) {
  test(`names in ${file} are text and run nothing`, async () => {
    const { page, seen } = await open(file, { settle: 800 });
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("main img, main script, main b[onmouseover]").count(), 0);
    assert.match(await page.textContent("main"), /<\/script><img src=x onerror=alert\(1\)>/);
    const box = await page.locator("#chart").boundingBox();
    for (let y = 40; y < Math.min(box.height, 700); y += 20) await page.mouse.move(box.x + 300, box.y + y);
    await page.click("#story li:nth-child(2) a");
    for (const key of [".", ".", "e", "c", "n", "v"]) await page.keyboard.press(key);
    await page.click("[data-do=filter]");
    await shot(page, file.replace(".html", ""));
    clean(seen);
  });
}
