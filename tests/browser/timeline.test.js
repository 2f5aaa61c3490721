// Every interaction of the timeline, on timelines of real violations.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, test } from "node:test";
import { browser, clean, open, pictureOf, said, shot, windowOf } from "./driver.js";

after(() => browser.close());
const pause = "write-after-pause.html";

test("the violation, its steps, what broke and what would have prevented it are there on opening", async () => {
  const { page, seen } = await open(pause);
  assert.match(await page.textContent("h1"), /VIOLATED.*both client-1 and client-2 believed/);
  assert.ok(await page.locator("#story li").count() >= 8);
  assert.match(await page.textContent("#story"), /paused for 12 s/);
  assert.match(await page.textContent("#story"), /assumption that broke: client-1 stood still/);
  assert.match(await page.textContent("#otherwise"), /without "client-1 paused for 12 s": nothing is violated/);
  assert.match(await page.textContent("#otherwise"), /the resource refuses the write of client-1: token/);
  assert.ok((await page.locator("#story").boundingBox()).y < 900);
  await shot(page, "opening");
  clean(seen);
});

test("the three truths of a client stand below each other in its row", async () => {
  const { page, seen } = await open(pause);
  const words = [];
  const box = await page.locator("#chart").boundingBox();
  const client = 28 + 30 + 26;  // below the axis, the violations and one lane of faults
  for (const [x, y] of [[400, client + 14], [400, client + 34], [1228, client + 50]]) {
    await page.mouse.move(box.x + x, box.y + y);
    words.push(await page.textContent("#tip"));
  }
  assert.match(words[0], /client-1 believes it holds lock-1/);
  assert.match(words[1], /redis-1 granted lock-1 to client-1/);
  clean(seen);
});

test("a step of the story shows its event", async () => {
  const { page, seen } = await open(pause);
  await page.click("#story li:nth-child(4) a");
  assert.match(await said(page), /Step 4: redis-1 the lease of client-1 expires/);
  assert.match(await page.textContent("#details"), /the grant of lock-1 to client-1 is expired/);
  assert.match(page.url(), /#step-4$/);
  await page.keyboard.press("n");
  assert.match(await said(page), /Step 5: redis-1 grants lock-1 to client-2/);
  await page.keyboard.press("N");
  await page.keyboard.press("N");
  assert.match(await said(page), /Step 3/);
  clean(seen);
});

test("mouse: drag, wheel, double click, the map", async () => {
  const { page, seen } = await open(pause, { picture: true });
  const box = await page.locator("#chart").boundingBox();
  const at = async () => windowOf(page);
  const change = async (what, act) => {
    const before = await at();
    await act();
    await page.waitForTimeout(300);
    assert.notEqual(await at(), before, what);
  };
  await page.mouse.move(box.x + 600, box.y + 120);
  await change("ctrl+wheel zooms", async () => {
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
  });
  await change("a drag moves", async () => {
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 120, { steps: 5 });
    await page.mouse.up();
  });
  await change("shift+wheel moves", async () => {
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, 200);
    await page.keyboard.up("Shift");
  });
  await change("a double click zooms", () => page.mouse.dblclick(box.x + 500, box.y + 120));
  const map = await page.locator("#map").boundingBox();
  await change("the map jumps", () => page.mouse.click(map.x + map.width * 0.2, map.y + 12));
  await change("whole run", () => page.click("[data-do=all]"));
  await change("the violation", async () => {
    await page.click("[data-do=in]");
    await page.click("[data-do=story]");
    await page.click("[data-do=in]");
  });
  clean(seen);
});

test("touch: one finger moves, two zoom, a tap chooses", async () => {
  const { page, seen, context } = await open(pause, { picture: true, context: { hasTouch: true } });
  const session = await context.newCDPSession(page);
  const box = await page.locator("#chart").boundingBox();
  const touch = (type, ...xs) => session.send("Input.dispatchTouchEvent", {
    type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y: box.y + 150, id })) });
  const before = await windowOf(page);
  await touch("touchStart", 500, 700);
  await touch("touchMove", 400, 800);
  await touch("touchMove", 300, 900);
  await touch("touchEnd");
  await page.waitForTimeout(300);
  const zoomed = await windowOf(page);
  assert.notEqual(zoomed, before, "two fingers zoom");
  await touch("touchStart", 700);
  for (const x of [650, 600, 500, 400]) await touch("touchMove", x);
  await touch("touchEnd");
  await page.waitForTimeout(300);
  assert.notEqual(await windowOf(page), zoomed, "one finger moves");
  await page.touchscreen.tap(box.x + 600, box.y + 150);
  assert.match(await page.textContent("#details"), /Event \d+/);
  clean(seen);
});

test("keyboard: all views, events, rows, faults, and causes", async () => {
  const { page, seen } = await open(pause);
  await page.focus("#chart");
  const windows = new Set();
  for (const key of ["w", "d", "a", "ArrowUp", "ArrowRight", "s", "ArrowDown", "ArrowLeft", "+", "-", "0", "f"]) {
    await page.keyboard.press(key);
    await page.waitForTimeout(200);
    windows.add(await windowOf(page));
  }
  assert.ok(windows.size >= 6, `${windows.size} different windows`);
  await page.keyboard.press("v");
  assert.match(await said(page), /client-1 paused for 12 s/);
  await page.keyboard.press(".");
  const next = await said(page);
  await page.keyboard.press(",");
  assert.notEqual(await said(page), next);
  await page.keyboard.press("Shift+ArrowDown");
  const row = await said(page);
  await page.keyboard.press("j");
  assert.notEqual(await said(page), row);
  await page.keyboard.press(">");
  await page.keyboard.press("Enter");
  assert.match(await page.textContent("#details"), /Event/);
  await page.keyboard.press("g");
  assert.equal(await page.evaluate(() => document.activeElement.id), "events");
  clean(seen);
});

test("a message leads to its cause and to what came of it", async () => {
  const { page, seen } = await open(pause);
  await page.keyboard.press("/");
  await page.fill("#search", "client-2 sends to redis-1: SET");
  await page.keyboard.press("Enter");
  assert.match(await page.textContent("#found"), /\d+ found/);
  assert.match(await page.textContent("#details"), /client-2 sends to redis-1: SET/);
  await page.focus("#chart");
  await page.keyboard.press("e");
  assert.match(await said(page), /redis-1 receives from client-2: SET/);
  await page.keyboard.press("e");
  assert.match(await said(page), /redis-1 (sends to client-2|grants)/);
  await page.keyboard.press("c");
  assert.match(await said(page), /redis-1 receives from client-2/);
  await page.keyboard.press("c");
  assert.match(await said(page), /client-2 sends to redis-1/);
  await shot(page, "cause-and-effect");
  clean(seen);
});

test("rows, kinds and locks can be left out", async () => {
  const { page, seen } = await open(pause, { picture: true });
  const before = await pictureOf(page);
  const lines = await page.locator("#events tbody tr").count();
  await page.click("[data-do=filter]");
  await page.getByLabel("client-2", { exact: true }).uncheck();
  await page.getByLabel("access", { exact: true }).uncheck();
  await page.waitForTimeout(300);
  assert.notEqual(await pictureOf(page), before);
  assert.ok(await page.locator("#events tbody tr").count() < lines);
  assert.equal(await page.locator("#events td:nth-child(2)", { hasText: /^client-2$/ }).count(), 0);
  await page.getByLabel("lock-1", { exact: true }).last().uncheck();
  await shot(page, "filtered");
  const { page: again } = await open(pause, { hash: new URL(page.url()).hash });
  await again.click("[data-do=filter]");
  assert.equal(await again.getByLabel("client-2", { exact: true }).isChecked(), false);
  clean(seen);
});

test("play moves the cursor, and stops", async () => {
  const { page, seen } = await open(pause);
  await page.focus("#chart");
  await page.keyboard.press("]");
  assert.match(await said(page), /Plays at 0.2/);
  await page.keyboard.press(" ");
  await page.waitForTimeout(300);
  const first = await page.textContent("#clocks");
  await page.waitForTimeout(300);
  const second = await page.textContent("#clocks");
  assert.notEqual(first, second);
  await page.click("[data-do=play]");
  await page.waitForTimeout(100);
  const stopped = await page.textContent("#clocks");
  await page.waitForTimeout(300);
  assert.equal(await page.textContent("#clocks"), stopped);
  assert.match(stopped, /client-1: wall clock/);
  clean(seen);
});

test("a range of time is measured by keys and by mouse", async () => {
  const { page, seen } = await open(pause, { picture: true });
  await page.focus("#chart");
  await page.click("#story li:nth-child(4) a");
  await page.focus("#chart");
  await page.keyboard.press("m");
  await page.keyboard.press("n");
  await page.keyboard.press("m");
  assert.match(await page.textContent("#measured"), /^\d+(\.\d+)? ms, \d+ events from 10\.2/);
  await page.keyboard.press("Escape");
  assert.equal(await page.textContent("#measured"), "");
  await page.evaluate(() => document.getElementById("picture").scrollIntoView());
  const box = await page.locator("#chart").boundingBox();
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + 300, box.y + 120);
  await page.mouse.down();
  await page.mouse.move(box.x + 600, box.y + 120, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  assert.match(await page.textContent("#measured"), / s, \d+ events from /);
  await shot(page, "measured");
  clean(seen);
});

test("links, the command and the scenario can be taken along", async () => {
  const { page, seen, url } = await open(pause);
  await page.focus("#chart");
  await page.keyboard.press(".");
  await page.keyboard.press("w");
  await page.waitForTimeout(300);
  await page.keyboard.press("y");
  await page.waitForTimeout(100);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#e=\d+&t=/);
  const words = await page.textContent("#details");
  const { page: other } = await open(pause, { hash: link.slice(url.length) });
  assert.equal(await other.textContent("#details"), words);
  assert.equal(await windowOf(other), await windowOf(page));
  await page.click("[data-do=command]");
  await page.waitForTimeout(100);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "lockstep run scenario.toml");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("[data-do=download]")]);
  assert.equal(download.suggestedFilename(), "scenario.toml");
  const scenario = fs.readFileSync(await download.path(), "utf8");
  assert.match(scenario, /lock = "redis-setpx"/);
  clean(seen);
});

test("help names the keys, and the keyboard closes it", async () => {
  const { page, seen } = await open(pause);
  await page.keyboard.press("?");
  assert.ok(await page.locator("#help").isVisible());
  await page.keyboard.press("Escape");
  assert.ok(!await page.locator("#help").isVisible());
  clean(seen);
});

test("a cycle of waits is drawn as a graph, and told in words", async () => {
  const { page, seen } = await open("deadly-embrace.html");
  assert.match(await page.textContent("#graph p"), /client-\d waits for lock-\d, which client-\d holds; /);
  assert.ok(await page.locator("#circle .edge.on").count() >= 2);
  await page.locator("#graph").scrollIntoViewIfNeeded();
  await shot(page, "waits-for");
  clean(seen);
});

test("operations that no order can place come last in their card", async () => {
  const { page, seen } = await open("redlock-restart-without-fsync.html");
  const card = page.locator(".card", { hasText: /lineariza/ }).first();
  assert.match(await card.locator("li").last().textContent(), /^✗/);
  clean(seen);
});

test("servers show who leads in which term", async () => {
  const { page, seen } = await open("the-deposed-leaders-axe.html", { picture: true });
  await page.click("[data-do=all]");
  await page.waitForTimeout(200);
  const words = [];
  const box = await page.locator("#chart").boundingBox();
  for (let y = 200; y < box.height; y += 6) {
    await page.mouse.move(box.x + 400, box.y + y);
    words.push(await page.textContent("#tip"));
  }
  assert.match(words.join("\n"), /etcd-\d leads in term \d/);
  await shot(page, "terms");
  clean(seen);
});
