import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, table, verdict } from "./figures.mjs";

const put = { name: "put", unit: "ns", value: 80, floor: { name: "map", value: 40 } };

test("a cost may be so many times its floor", () => {
  assert.equal(verdict({ ...put, must: { kind: "times_at_most", value: 2 } }), "ok");
  assert.equal(verdict({ ...put, must: { kind: "times_at_most", value: 1.9 } }), "worse");
});

test("a rate must reach so many times its floor", () => {
  assert.equal(verdict({ ...put, must: { kind: "times_at_least", value: 2 } }), "ok");
  assert.equal(verdict({ ...put, must: { kind: "times_at_least", value: 2.1 } }), "worse");
});

test("a figure without a floor is held to its own bound, or to none", () => {
  const size = { name: "size", unit: "kB", value: 130 };
  assert.equal(verdict({ ...size, must: { kind: "at_most", value: 130 } }), "ok");
  assert.equal(verdict({ ...size, must: { kind: "at_least", value: 131 } }), "worse");
  assert.equal(verdict(size), "");
});

test("what is not a number is worse", () => {
  assert.equal(verdict({ ...put, value: Number.NaN, must: { kind: "times_at_most", value: 2 } }), "worse");
});

test("the table has one line a figure", () => {
  const text = table([{ ...put, must: { kind: "times_at_most", value: 2.5 } }]);
  assert.equal(text.split("\n").length, 3);
  assert.match(text, /\| put +\| 80 ns +\| 40 ns \(map\) +\| 2\.00 × +\| ≤ 2\.5 × +\| ok +\|/);
});

test("amounts keep three digits", () => {
  assert.deepEqual([0, 0.01234, 43.21, 1234567].map(amount), ["0", "0.0123", "43.2", "1,234,567"]);
});
