import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runSteps } from "./steps.mjs";

after(() => {
  process.exitCode = 0;
});

const silent = () => {};
const passing = { name: "passing", work: async () => "" };
const failing = { name: "failing", work: async () => Promise.reject(new Error("no")) };

test("every step runs, and the failed ones are counted", async () => {
  const seen = [];
  const last = { name: "last", work: async () => void seen.push("last") };
  assert.equal(await runSteps([passing, failing, last], silent), 1);
  assert.deepEqual(seen, ["last"]);
});

test("a step of tests that runs none fails", async () => {
  assert.equal(await runSteps([{ ...passing, tests: true }], silent), 1);
});

test("after a needed step has failed nothing runs", async () => {
  const seen = [];
  const never = { name: "never", work: async () => void seen.push("never") };
  assert.equal(await runSteps([{ ...failing, needed: true }, never], silent), 1);
  assert.deepEqual(seen, []);
});
