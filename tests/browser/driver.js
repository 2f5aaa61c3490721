// Opens pages in Debian's Chromium and notes whatever a reader must never meet: errors, words on the
// console, and anything fetched.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const folder = process.env.LOCKSTEP_PAGES;
export const shots = path.join(folder, "screenshots");
fs.mkdirSync(shots, { recursive: true });

export const browser = await chromium.launch({
  executablePath: process.env.LOCKSTEP_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});

export async function open(file, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }, acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"], ...options.context,
  });
  const page = await context.newPage();
  const seen = { errors: [], fetched: [] };
  page.on("console", (message) => seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(error.stack));
  page.on("dialog", (dialog) => { seen.errors.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith("blob:")) seen.fetched.push(request.url());
  });
  const url = pathToFileURL(path.join(folder, file)).href + (options.hash ?? "");
  const before = Date.now();
  await page.goto(url);
  if (!options.still) await page.waitForSelector("html[data-ready]", { timeout: 60000 });
  seen.opening = Date.now() - before;
  if (options.picture) {
    await page.evaluate(() => document.getElementById("picture").scrollIntoView());
  }
  await page.waitForTimeout(options.settle ?? 250);
  return { page, seen, context, url };
}

export function clean(seen) {
  assert.deepEqual(seen.errors, [], "nothing on the console");
  assert.deepEqual(seen.fetched, [], "nothing is fetched");
}

export const shot = (page, name) => page.screenshot({ path: path.join(shots, `${name}.png`) });
export const windowOf = (page) => page.textContent("#window");
export const said = (page) => page.textContent("#live");
// The picture as the reader sees it: equal pictures, equal texts.
export const pictureOf = (page) => page.evaluate(() => document.getElementById("rows").toDataURL());
