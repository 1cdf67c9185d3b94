import { expect, test } from "vitest";
import { emptyProgress, goOnWith, type Progress, readProgress, standing } from "./progress";

const ids = ["a", "b", "c"];
const begun = { replayed: ["x"], hints: 0, strict: null };
const passed = { replayed: [], hints: 0, strict: { passed: 9, total: 9 } };
const at = (exercises: Progress["exercises"]): Progress => ({ ...emptyProgress(), exercises });

test("what was exported is read back", () => {
  const progress = at({ a: begun, b: passed });
  expect(readProgress(JSON.stringify(progress))).toEqual(progress);
});

test("a file that is something else is refused with its place", () => {
  expect(() => readProgress("[]")).toThrow("expected an object");
  expect(() =>
    readProgress('{"format":"isolab-progress","version":1,"exercises":{"a":{"replayed":[1],"hints":0}}}'),
  ).toThrow("exercises.a.replayed");
  expect(() =>
    readProgress('{"format":"isolab-progress","version":1,"exercises":{"a":{"replayed":[],"hints":-1}}}'),
  ).toThrow("exercises.a.hints");
});

test("the course goes on where the learner is", () => {
  expect(goOnWith(at({}), ids)).toBe("a");
  expect(goOnWith(at({ b: begun }), ids)).toBe("b");
  expect(goOnWith(at({ a: passed }), ids)).toBe("b");
  expect(goOnWith(at({ a: passed, b: passed, c: passed }), ids)).toBe("a");
});

test("standing says how far", () => {
  expect(standing(undefined, 7)).toEqual({ kind: "not begun" });
  expect(standing(begun, 7)).toEqual({ kind: "begun", words: "1 of 7 cases replayed" });
  expect(standing(passed, 7).kind).toBe("passed");
});
