// Runs the program, and says what is there to read what it writes.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const program = process.env.LOCKSTEP;
const docs = process.env.LOCKSTEP_DOCS;
export const folder = path.join(process.env.LOCKSTEP_FOLDER, "written");
mkdirSync(folder, { recursive: true });

/** What it prints; a violation (1), undecided (2) or a divergence (3) is a result as any other. */
export function lockstep(...args) {
  const run = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: folder });
  if (![0, 1, 2, 3].includes(run.status)) {
    throw new Error(`lockstep ${args.join(" ")}: ${run.status}\n${run.stderr}`);
  }
  return run.stdout;
}

export const schema = (name) => JSON.parse(readFileSync(path.join(docs, name), "utf8"));
export const written = (name) => readFileSync(path.join(folder, name), "utf8");

/** Runs another program on a file; null where it is absent. */
export function read_by(command, ...args) {
  const run = spawnSync(command, args, { encoding: "utf8", cwd: folder });
  if (run.error?.code === "ENOENT") return null;
  return run;
}
