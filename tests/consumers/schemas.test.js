// All JSON that Lockstep prints or keeps is what its published schema says, by ajv.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import Ajv from "ajv/dist/2020.js";
import { folder, lockstep, schema, written } from "./lockstep.js";

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
for (const name of ["scenario.schema.json", "outcome.schema.json", "verbs.schema.json",
  "lockstep.schema.json"]) {
  ajv.addSchema({ $id: name, ...schema(name) }, name);
}

function valid(name, document) {
  const check = ajv.getSchema(name);
  check(document);
  // Of the many forms of verbs.schema.json, only what is wrong with the right one is of interest.
  const own = (check.errors ?? []).filter((error) =>
    name !== "verbs.schema.json" || error.schemaPath.includes(`/${document.verb}/`));
  assert.ok(!check.errors, JSON.stringify(own.slice(0, 5), null, 1));
  return document;
}

const seen = new Set();
function prints(...args) {
  const document = valid("verbs.schema.json", JSON.parse(lockstep(...args, "--json", "-q")));
  seen.add(document.verb);
  return document;
}

test("an outcome, of a run that violates, of one that holds, and explained", () => {
  const printed = JSON.parse(lockstep("run", "write-after-pause", "-o", "pause", "--json", "-q"));
  valid("outcome.schema.json", printed);
  assert.ok(printed.story.steps.length > 0);
  valid("outcome.schema.json", JSON.parse(written("pause/outcome.json")));
  valid("outcome.schema.json", JSON.parse(lockstep("explain", "pause", "--json", "-q")));
  valid("outcome.schema.json", JSON.parse(lockstep("run", "redis-setpx", "--json", "-q")));
});

test("a replay that is the same, and one that is not", () => {
  lockstep("run", "write-after-pause", "-o", "again", "-q");
  assert.equal(prints("replay", "again").same, true);
  const changed = written("again/outcome.json").replace(/"digest": "./g, '"digest": "f');
  cpSync(path.join(folder, "again"), path.join(folder, "changed"), { recursive: true });
  writeFileSync(path.join(folder, "changed/outcome.json"), changed);
  assert.equal(prints("replay", "changed").same, false);
});

test("sweeps, what they keep, and campaigns", () => {
  prints("sweep", "redis-setpx", "-f", "gc-pause", "-n", "40", "-o", "swept");
  valid("verbs.schema.json", JSON.parse(written("swept/sweep.json")));
  prints("sweep", "redis-setpx", "-n", "4", "--shard", "1/2");
  const database = `c${process.pid}.db`;
  prints("sweep", "redis-setpx", "-f", "gc-pause", "-n", "40", "--campaign", database);
  prints("campaign", database);
  prints("campaign", database, "--shrink");
  prints("merge", `m${process.pid}.db`, database);
});

test("shrink, odds, envelope, compare", () => {
  prints("shrink", "pause/scenario.toml", "-o", "small");
  valid("verbs.schema.json", JSON.parse(written("small/shrink.json")));
  prints("odds", "write-after-pause", "--futures", "4");
  prints("envelope", "redis-setpx-lease", "--x", "pause=0..20s", "--y", "drift=0..10%",
    "--seeds", "1", "--columns", "3", "-o", "map");
  valid("verbs.schema.json", JSON.parse(written("map/envelope.json")));
  prints("compare", "redis-setpx", "redis-setpx-lease", "-f", "gc-pause", "-n", "20");
});

test("matrix, exhaust, scoreboard", () => {
  prints("matrix", "-l", "redis-setpx,row-owner-host", "-f", "0,G,RP1,FIFO", "-n", "2", "-o", "grid");
  valid("verbs.schema.json", JSON.parse(written("grid/matrix.json")));
  prints("exhaust", "redis-setpx", "-f", "1", "-c", "2");
  prints("exhaust", "redis-setpx-lease", "-f", "1", "-c", "2", "--kinds", "lost");
  prints("scoreboard", "-l", "redis-setpx", "--repetitions", "1", "--cpu", "1");
});

test("check, of a circle and with a linearization", () => {
  const line = (time, process, type, f) =>
    `{:time ${time}, :process ${process}, :type :${type}, :f :${f}, :key "l", :value nil}`;
  writeFileSync(path.join(folder, "both.edn"), [
    line(1, 0, "invoke", "acquire"), line(2, 0, "ok", "acquire"),
    line(3, 1, "invoke", "acquire"), line(4, 1, "ok", "acquire"),
    line(5, 0, "invoke", "release"), line(6, 0, "ok", "release"),
    line(7, 1, "invoke", "release"), line(8, 1, "ok", "release")].join("\n"));
  assert.ok(prints("check", "both.edn", "-m", "owner-mutex").keys[0].cycle.length > 0);
  prints("check", "pause/history.jsonl", "-m", "mutex", "--key", "lock-1", "--witness");
});

test("ci, with its own file, demo, new, list, doctor and version", () => {
  const file = { schema_version: 1, checks: [
    { name: "breaks", lock: "redis-setpx", faults: ["gc-pause"], runs: 20, expect: "violation" },
    { name: "fails", lock: "redis-setpx", faults: ["gc-pause"], runs: 20, expect: "safe" }] };
  valid("lockstep.schema.json", file);
  mkdirSync(path.join(folder, "repository"), { recursive: true });
  writeFileSync(path.join(folder, "repository/lockstep.json"), JSON.stringify(file));
  prints("ci", "repository/lockstep.json");
  prints("demo", "-o", "demo");
  prints("new", "lock", `lock${process.pid}`);
  prints("list", "-v");
  prints("lesson");
  prints("lesson", "the-herd", "-o", "lesson");
  prints("doctor");
  prints("version");
});

test("each form of the schema was printed by its verb", () => {
  const forms = schema("verbs.schema.json").oneOf.map((one) => one.$ref.split("/").pop());
  assert.deepEqual([...seen].sort(), forms.sort());
});

test("what is not of the form is refused", () => {
  const document = prints("version");
  assert.equal(ajv.validate("verbs.schema.json", { ...document, more: 1 }), false);
  assert.equal(ajv.validate("verbs.schema.json", { ...document, verb: "sweep" }), false);
});

test("every schema is used here", () => {
  const files = readdirSync(process.env.LOCKSTEP_DOCS).filter((name) => name.endsWith("schema.json"));
  assert.deepEqual(files.sort(), ["lockstep.schema.json", "outcome.schema.json",
    "scenario.schema.json", "verbs.schema.json"]);
});
