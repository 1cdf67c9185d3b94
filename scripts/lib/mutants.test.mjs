import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, report } from "./mutants.mjs";

const results = [
  { accepted: true, name: "plain.py", passed: true, rules: [] },
  { accepted: false, name: "stale.py", passed: false, rules: ["OCC-01", "OCC-02"] },
  { accepted: false, name: "lost.py", passed: false, rules: ["OCC-02"] },
  { accepted: false, name: "sly.py", passed: true, rules: [] },
];

test("a wrong program that passes is a surprise, and so is a right one that fails", () => {
  assert.deepEqual(results.map(judge), [true, true, true, false]);
  assert.match(report("occ", results), /ACCEPTED, yet wrong: sly\.py/);
  const unfair = [{ accepted: true, name: "other.js", passed: false, rules: ["OCC-03"] }];
  assert.match(report("occ", unfair), /REJECTED, yet right: other\.js \(OCC-03\)/);
});

test("each rule says what it rejects, and what it alone rejects", () => {
  const text = report("occ", results);
  assert.match(text, /occ: 2 of 3 wrong programs rejected, 1 of 1 right ones accepted/);
  assert.match(text, /OCC-01: 1, none alone/);
  assert.match(text, /OCC-02: 2, 1 alone \(lost\.py\)/);
});
