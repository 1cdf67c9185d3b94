// `npm run bench`: measure everything beside its floor and print one table.
//
//   npm run bench -- --check     fail where a figure is worse than it must be
//   npm run bench -- node page   only the subjects whose names hold one of the words
import fs from "node:fs";
import process from "node:process";
import { fail } from "./lib/fail.mjs";
import { verdict, table } from "./lib/figures.mjs";
import { measurePage } from "./lib/page-figures.mjs";
import { at, cargoTarget } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import * as setUp from "./lib/set-up.mjs";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));

async function main() {
  await setUp.packages();
  await setUp.rust();
  const subjects = benchmarks().filter(({ name }) => !words.length || words.some((word) => name.includes(word)));
  const figures = [];
  for (const { name, measure } of subjects) {
    console.log(`── ${name}`);
    for (const figure of await measure()) figures.push({ subject: name, ...figure });
  }
  console.log(`\n${table(figures)}`);
  const worse = figures.filter((figure) => verdict(figure) === "worse");
  if (process.argv.includes("--check") && worse.length) {
    throw new Error(`${worse.length} of ${figures.length} figures are worse than they must be.`);
  }
}

/** The programs src/bin/bench_*.rs of tests/, and the page. */
function benchmarks() {
  const folder = at("tests", "src", "bin");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const programs = names
    .map((file) => /^bench_(\w+)\.rs$/.exec(file)?.[1])
    .filter(Boolean)
    .sort()
    .map((name) => ({ name, measure: () => measureProgram(`bench_${name}`) }));
  return [...programs, { name: "page", measure: measurePage }];
}

async function measureProgram(bin) {
  const release = ["build", "--release", "--quiet", "--locked"];
  await run("cargo", [...release, "--package", "isolab", "--bin", "isolab"]);
  await run("cargo", [...release, "--package", "isolab-tests", "--bin", bin]);
  const output = await run(`${cargoTarget}/release/${bin}`, [], {
    quiet: true,
    env: { ISOLAB_BIN: `${cargoTarget}/release/isolab` },
  });
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

await main().catch(fail);
