// Takes the picture of a timeline's head: node picture.js PAGE.html PICTURE.png
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, picture] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.LOCKSTEP_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const tab = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
await tab.goto(pathToFileURL(page).href);
await tab.waitForSelector("html[data-ready]");
await tab.waitForTimeout(500);
const end = await tab.evaluate(() => document.getElementById("legend").getBoundingClientRect().bottom);
await tab.setViewportSize({ width: 1280, height: Math.ceil(end) + 12 });
await tab.waitForTimeout(500);
await tab.screenshot({ path: picture });
await browser.close();
