// Pages without scripts: a campaign, its point of no return and its envelope, reached by their links.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { browser, clean, open, shot } from "./driver.js";

after(() => browser.close());
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = { campaign: "campaign/index.html", made: "campaign/failure.1.odds/odds.html",
                odds: "odds.html", envelope: "campaign/failure.1.envelope/envelope.html" };

for (const scheme of ["light", "dark"]) {
  for (const [name, file] of Object.entries(pages)) {
    test(`axe finds nothing in the page ${name}, ${scheme}`, async () => {
      const { page, seen } = await open(file, { still: true, context: { colorScheme: scheme, bypassCSP: true } });
      const result = await page.evaluate(async (source) => {
        (0, eval)(source);
        return window.axe.run(document, { resultTypes: ["violations"] });
      }, axe);
      assert.deepEqual(result.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`), []);
      await shot(page, `${name}-${scheme}`);
      clean(seen);
    });
  }
}

test("the campaign's commands make the pages that it links to", async () => {
  const { page, seen } = await open(pages.campaign, { still: true });
  for (const [link, heading] of [["failure.1.odds/odds.html", /became inevitable/],
                                 ["failure.1.envelope/envelope.html", /redis-setpx/]]) {
    await page.click(`a[href="${link}"]`);
    assert.match(await page.textContent("h1"), heading);
    await page.goBack();
  }
  clean(seen);
});

test("the point of no return is in the picture, in its words and in the table", async () => {
  const { page, seen } = await open(pages.odds, { still: true });
  const lead = await page.textContent(".lead");
  assert.match(lead, /^It became likely at 9\.400 s: client-1 <img src=x onerror=alert\(1\)> paused/);
  const [, at, event] = lead.match(/at ([\d.]+) s: (.*?)\. Before, it was/);
  const row = await page.textContent("tr.rise");
  assert.ok(row.includes("◆ jump") && row.includes(at) && row.includes(event), row);
  assert.equal(await page.locator("svg").count(), 2, "the whole run, and what lies around the jump");
  const picture = page.locator("svg").first();
  assert.ok((await picture.getAttribute("aria-label")).includes(`at ${at} s: ${event}`));
  assert.ok((await picture.locator("text.of-jump").textContent()).startsWith(`◆ ${at} s: ${event.slice(0, 20)}`));
  assert.equal(await picture.locator("path.jump").count(), 1);
  const rows = await page.locator("tbody tr").count();
  assert.equal(await picture.locator("path.interval").count(), rows, "each row is a point");
  // The jump is marked where its time is: as far along as the instant is between first and last.
  const times = await page.$$eval("tbody tr td:nth-child(2)", (cells) => cells.map((cell) => Number(cell.textContent)));
  const line = Number(await picture.locator("line.at-jump").getAttribute("x1"));
  const share = (Number(at) - times[0]) / (times.at(-1) - times[0]);
  assert.ok(Math.abs((line - 56) / 860 - share) < 0.002, `${line} for ${share}`);
  clean(seen);
});

test("a small screen scrolls the picture, not the page", async () => {
  const { page, seen } = await open(pages.odds, { still: true, context: { viewport: { width: 320, height: 640 } } });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1));
  await shot(page, "odds-narrow");
  clean(seen);
});
