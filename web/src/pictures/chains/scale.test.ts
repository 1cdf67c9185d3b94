import { expect, test } from "vitest";
import { axisTicks, panned, timeAt, wholeScale, xOf, zoomed } from "./scale";

const scale = wholeScale([100, 380], 76, 700, [20, 66]);

test("everything lies in the plot, with room before the first edge and after the last", () => {
  expect(xOf(scale, 100)).toBeCloseTo(96);
  expect(xOf(scale, 380)).toBeCloseTo(634);
});

test("a place in the plot and its timestamp are each other's inverse", () => {
  for (const t of [0, 100, 133, 380, 9007199254740991]) expect(timeAt(scale, xOf(scale, t))).toBeCloseTo(t, -3);
});

test("a single timestamp still has a scale", () => {
  const single = wholeScale([5, 5], 0, 500, [20, 60]);
  expect(Number.isFinite(xOf(single, 5))).toBe(true);
  expect(xOf(single, 5)).toBeCloseTo(20);
});

test("zooming keeps the timestamp around which it zooms where it is", () => {
  const before = xOf(scale, 280);
  const closer = zoomed(scale, 3, 280);
  expect(xOf(closer, 280)).toBeCloseTo(before);
  expect(closer.hi - closer.lo).toBeCloseTo((scale.hi - scale.lo) / 3);
});

test("panning moves by pixels", () => {
  expect(xOf(panned(scale, 40), 280)).toBeCloseTo(xOf(scale, 280) - 40);
});

test("ticks are whole, round, inside, and far enough apart for their labels", () => {
  for (const extent of [
    [100, 380],
    [0, 3],
    [5, 5],
    [0, 9007199254740991],
    [1763700000000, 1763700000250],
  ] as const) {
    const some = wholeScale([...extent], 76, 700, [20, 66]);
    const ticks = axisTicks(some);
    expect(ticks.length, `${extent}`).toBeGreaterThan(0);
    ticks.forEach((tick, i) => {
      expect(Number.isInteger(tick.t)).toBe(true);
      const next = ticks[i + 1];
      if (next) expect(next.x - tick.x).toBeGreaterThan((tick.label.length + next.label.length) * 3.3);
    });
  }
});
