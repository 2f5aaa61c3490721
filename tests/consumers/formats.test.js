// Each form that other tools read, read by such a tool.
import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { folder, lockstep, read_by, written } from "./lockstep.js";

const kinds = ["perfetto=run.json", "graphviz=run.dot", "junit=run.xml", "sarif=run.sarif",
  "shiviz=run.log", "edn=run.edn", "markdown=run.md"];
lockstep("run", "deadly-embrace", "-q", ...kinds.flatMap((kind) => ["--export", kind]));

test("dot draws who waits for whom", (t) => {
  const drawn = read_by("dot", "-Tsvg", "run.dot");
  if (drawn === null) return t.skip("no dot here");
  assert.equal(drawn.status, 0, drawn.stderr);
  assert.equal(drawn.stderr, "");
  assert.match(drawn.stdout, /waits since/);
  assert.match(drawn.stdout, /stroke-width="3"/, "the circle is drawn thick");
});

test("dot draws the circle of holds in a history", (t) => {
  const line = (time, process, type, f) =>
    `{:time ${time}, :process ${process}, :type :${type}, :f :${f}, :key "l", :value nil}`;
  writeFileSync(path.join(folder, "two.edn"), [
    line(1, 0, "invoke", "acquire"), line(2, 0, "ok", "acquire"),
    line(3, 1, "invoke", "acquire"), line(4, 1, "ok", "acquire"),
    line(5, 0, "invoke", "release"), line(6, 0, "ok", "release"),
    line(7, 1, "invoke", "release"), line(8, 1, "ok", "release")].join("\n"));
  lockstep("check", "two.edn", "-m", "owner-mutex", "--export", "graphviz=two.dot");
  assert.match(written("two.dot"), /penwidth=3/);
  const drawn = read_by("dot", "-Tsvg", "two.dot");
  if (drawn === null) return t.skip("no dot here");
  assert.equal(drawn.status, 0, drawn.stderr);
});

test("xmllint reads JUnit's XML", (t) => {
  const read = read_by("xmllint", "--noout", "run.xml");
  if (read === null) return t.skip("no xmllint here");
  assert.equal(read.status, 0, read.stderr);
});

test("Microsoft's validator finds no error in the SARIF of a run and of a sweep", (t) => {
  const program = path.resolve("node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");
  if (!existsSync(program)) return t.skip("npm has no sarif-multitool for this machine");
  chmodSync(program, 0o755);
  process.env.DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = "1";
  lockstep("sweep", "redis-setpx", "-q", "-f", "gc-pause", "-n", "20", "--export", "sarif=sweep.sarif");
  for (const name of ["run.sarif", "sweep.sarif"]) {
    const read = read_by(program, "validate", name, "-o", `${name}.log`, "--log", "ForceOverwrite");
    assert.equal(read.status, 0, read.stdout + read.stderr);
    const found = JSON.parse(written(`${name}.log`)).runs[0].results ?? [];
    // Of what it warns, all is said of the tool: lockstep has no page of its own to name.
    for (const one of found) assert.match(one.ruleId, /^SARIF2005/, JSON.stringify(one));
  }
});

test("our own checker reads the EDN, and writes it again as it was", () => {
  lockstep("check", "run.edn", "-m", "owner-mutex", "--key", "lock-1", "--export", "edn=again.edn");
  assert.equal(written("again.edn"), written("run.edn"));
});

test("JavaScript reads the log by the expression in its first line, as ShiViz does", () => {
  const log = written("run.log");
  const [first, second] = log.split("\n");
  assert.equal(second, "", "one execution");
  const form = new RegExp(first, "g");
  const body = log.slice(first.length + 2);
  const events = [...body.matchAll(form)];
  assert.ok(events.length > 3);
  assert.equal(events.length * 2, body.trimEnd().split("\n").length);
  for (const { groups } of events) assert.ok(JSON.parse(groups.clock)[groups.host] > 0);
});

test("speedscope opens the trace", { timeout: 120_000 }, async (t) => {
  const program = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((one) => existsSync(one));
  if (!program) return t.skip("no Chromium here");
  const release = path.resolve("node_modules/speedscope/dist/release");
  assert.ok(readdirSync(release).includes("index.html"));
  // How its own command line hands a file over.
  const data = Buffer.from(written("run.json")).toString("base64");
  const handed = path.join(folder, "run.json.js");
  writeFileSync(handed, `speedscope.loadFileFromBase64("run.json", "${data}")`);
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("dialog", (dialog) => (wrong.push(dialog.message()), dialog.dismiss()));
    await page.goto(`${pathToFileURL(path.join(release, "index.html"))}` +
      `#localProfilePath=${encodeURIComponent(handed)}`);
    // It says so once it has made something of the file; of what it cannot read it alerts.
    await page.waitForFunction(() => document.title === "run.json - speedscope", null,
      { timeout: 60_000 });
    assert.deepEqual(wrong, []);
    await page.screenshot({ path: path.join(folder, "speedscope.png") });
  } finally {
    await browser.close();
  }
});
