// `npm test`: set everything up and run everything.
//
//   npm test -- browser wasm     only the steps whose names hold one of the words
//   npm run test:all             the same tests, with longer fuzzing
import fs from "node:fs";
import process from "node:process";
import { fail } from "./lib/fail.mjs";
import { buildPage } from "./lib/page.mjs";
import { at } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import * as setUp from "./lib/set-up.mjs";
import { runSteps } from "./lib/steps.mjs";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const env = process.argv.includes("--all") ? { ISOLAB_LONG: "1" } : {};
const web = (...args) => [...args, at("web"), "--config", at("web", "vite.config.ts")];
const native = ["--workspace", "--exclude", "isolab-wasm"];
const deny = ["--", "-D", "warnings"];

const steps = [
  { name: "set up", needed: true, work: () => setUp.python().then(setUp.forPage) },
  { name: "rust format", work: () => cargo("fmt", "--all", "--check") },
  { name: "rust lints", work: () => cargo("clippy", ...native, "--all-targets", ...deny) },
  {
    name: "binding lints",
    work: () => cargo("clippy", "-p", "isolab-wasm", "--target", "wasm32-unknown-unknown", ...deny),
  },
  { name: "rust documents", work: () => cargo("doc", ...native, "--no-deps") },
  { name: "rust tests", tests: true, work: () => cargo("test", ...native, "--no-fail-fast") },
  { name: "page types", work: () => run("svelte-check", ["--workspace", at("web"), "--fail-on-warnings"]) },
  {
    name: "page format",
    work: () => run("prettier", ["--check", "--log-level", "warn", "web", "scripts", "tests"]),
  },
  { name: "script tests", tests: true, work: () => nodeTests("scripts") },
  { name: "page units", tests: true, work: () => run("vitest", web("run", "--root")) },
  { name: "page build", needed: true, work: () => buildPage() },
  {
    name: "binding tests",
    tests: true,
    work: () => cargo("build", "-p", "isolab").then(() => nodeTests("tests/wasm")),
  },
  { name: "browser tests", tests: true, work: () => nodeTests("tests/browser") },
];

function cargo(command, ...args) {
  return run("cargo", [command, ...(command === "fmt" ? [] : ["--locked"]), ...args], {
    env: { ...env, RUSTDOCFLAGS: "-D warnings" },
  });
}

function nodeTests(folder) {
  const files = fs
    .readdirSync(at(folder), { recursive: true })
    .filter((name) => name.endsWith(".test.mjs"))
    .sort()
    .map((name) => at(folder, name));
  // One file at a time: browsers share two cores badly.
  return run("node", ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], { env });
}

const chosen = steps.filter((step) => step.needed || !words.length || words.some((word) => step.name.includes(word)));
await runSteps(chosen).catch(fail);
