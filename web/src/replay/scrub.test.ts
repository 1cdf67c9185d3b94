import { expect, test } from "vitest";
import type { Mark } from "../core";
import { bars, stepAt, tickNumbers, xOfStep } from "./scrub";
import { rowsInView } from "./virtual";

test("a place on the track leads to the message that is drawn there", () => {
  for (const steps of [1, 2, 24, 10_000]) {
    const track = { left: 14, right: 1000, steps };
    for (const step of [1, Math.ceil(steps / 3), steps]) expect(stepAt(track, xOfStep(track, step))).toBe(step);
    expect(stepAt(track, -50)).toBe(1);
    expect(stepAt(track, 5000)).toBe(steps);
  }
});

test("numbers on the track do not run into each other", () => {
  for (const steps of [2, 9, 24, 333, 10_000, 100_000]) {
    const track = { left: 14, right: 600, steps };
    const numbers = tickNumbers(track);
    expect(numbers[0]).toBe(1);
    expect(numbers.at(-1)).toBe(steps);
    numbers.slice(1, -1).forEach((number, i) => {
      expect(xOfStep(track, numbers[i + 2]!) - xOfStep(track, number)).toBeGreaterThan(20);
    });
  }
});

test("dense messages are bars by kind, and no refusal is lost", () => {
  const marks: Mark[] = Array.from({ length: 50_000 }, (_, i) => (i === 31_000 ? "error" : i % 2 ? "put" : "read"));
  const shown = bars(
    { left: 0, right: 500, steps: marks.length },
    { marks, refused: marks.map((m) => m === "error"), firstDivergence: 0 },
  );
  const refused = shown.find((bar) => bar.kind === "refused")!;
  expect(refused.path.match(/M/g)).toHaveLength(1);
});

test("of 100,000 rows only those in view are drawn, wherever the list is scrolled", () => {
  const base = { height: 600, rowHeight: 24, steps: 100_000, current: 50, currentHeight: 96 };
  for (const scrollTop of [0, 1200, 2_399_000]) {
    const { from, to } = rowsInView({ ...base, scrollTop });
    expect(to - from).toBeLessThan(60);
    expect((from - 1) * 24).toBeLessThanOrEqual(scrollTop);
    expect(Math.min(to * 24, 2_400_000)).toBeGreaterThanOrEqual(Math.min(scrollTop + 600, 2_399_990));
  }
});
