// `npm run mutants`: are the tests strong enough to reject a wrong program, and fair enough to
// accept a right one? Grades every program in accepted/ and wrong/ of every exercise and prints
// which rule rejected which.
//
//   npm run mutants -- occ --quick   one exercise; only until the first failing case
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fail } from "./lib/fail.mjs";
import { judge, report } from "./lib/mutants.mjs";
import { at, cargoTarget } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import * as setUp from "./lib/set-up.mjs";

const quick = process.argv.includes("--quick");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const interpreters = { ".py": "python3", ".js": "node" };
const options = ["--format", "json", "--cases", quick ? "20" : "100", ...(quick ? ["--fail-fast"] : [])];

async function main() {
  await setUp.rust();
  await run("cargo", ["build", "--locked", "--quiet", "--package", "isolab"]);
  let unexpected = 0;
  let judged = 0;
  for (const exercise of exercises()) {
    const results = [];
    for (const [folder, accepted] of [
      ["accepted", true],
      ["wrong", false],
    ]) {
      for (const program of programs(exercise, folder)) {
        results.push({ accepted, name: path.basename(program), ...(await grade(exercise, program)) });
      }
    }
    console.log(report(exercise, results));
    judged += results.length;
    unexpected += results.filter((result) => !judge(result)).length;
  }
  console.log(`${judged - unexpected} passed, ${unexpected} failed`);
  if (judged === 0) throw new Error("No program was graded.");
  if (unexpected) process.exitCode = 1;
}

function exercises() {
  const course = at("core", "exercises");
  return fs
    .readdirSync(course)
    .filter((id) => fs.existsSync(path.join(course, id, "exercise.toml")))
    .filter((id) => !words.length || words.includes(id));
}

function programs(exercise, folder) {
  const place = at("core", "exercises", exercise, folder);
  if (!fs.existsSync(place)) return [];
  const files = fs.readdirSync(place).sort();
  return files.filter((file) => path.extname(file) in interpreters).map((file) => path.join(place, file));
}

/** `{ passed, rules }`: the strict verdict, and every rule that a case broke. */
async function grade(exercise, program) {
  const command = [interpreters[path.extname(program)], program];
  const { verdict } = JSON.parse(await isolab(["grade", exercise, ...options, "--", ...command]));
  const broken = verdict.cases.flatMap(({ divergences = [] }) => divergences.map(({ rule }) => rule));
  return { passed: verdict.passed, rules: [...new Set(broken)].sort() };
}

/** What the binary prints; a program that fails is graded with exit code 1 and a report. */
function isolab(args) {
  return new Promise((resolve, reject) => {
    execFile(path.join(cargoTarget, "debug", "isolab"), args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`isolab ${args.join(" ")}: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}

await main().catch(fail);
