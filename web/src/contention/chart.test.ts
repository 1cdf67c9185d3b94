import { expect, test } from "vitest";
import { ceiling, chart } from "./chart";

test("the scale ends at the next round number", () => {
  expect([1, 3, 7, 11, 49, 51, 400].map(ceiling)).toEqual([1, 5, 10, 20, 50, 100, 500]);
});

test("more is higher, a greater share is further right, and all of it is in the frame", () => {
  const drawn = chart(
    [0, 50, 100].map((share) => ({ share, value: share / 2 })),
    " %",
    340,
    150,
  );
  const [first, , last] = drawn.dots;
  expect(last!.y).toBeLessThan(first!.y);
  expect(last!.x).toBeGreaterThan(first!.x);
  for (const dot of drawn.dots) {
    expect(dot.x).toBeLessThanOrEqual(340);
    expect(dot.y).toBeGreaterThanOrEqual(0);
    expect(dot.y).toBeLessThanOrEqual(150);
  }
});
