import { expect, test } from "vitest";
import { neighbour, type Thing } from "./thing";

const thing = (row: number, x: number): Thing => ({
  id: `${row}/${x}`,
  label: "",
  row,
  x,
  y: 0,
  width: 10,
  height: 10,
});
const things = [thing(0, 0), thing(0, 100), thing(1, 10), thing(1, 90), thing(4, 50)];

test("left and right walk through everything and stop at the ends", () => {
  expect(neighbour(things, 1, "right")).toBe(2);
  expect(neighbour(things, 0, "left")).toBe(0);
  expect(neighbour(things, 4, "right")).toBe(4);
});

test("up and down go to the nearest thing of the next row, gaps between rows or not", () => {
  expect(neighbour(things, 1, "down")).toBe(3);
  expect(neighbour(things, 2, "down")).toBe(4);
  expect(neighbour(things, 4, "up")).toBe(2);
  expect(neighbour(things, 0, "up")).toBe(0);
});
