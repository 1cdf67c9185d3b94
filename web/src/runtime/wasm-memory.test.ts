import { expect, test } from "vitest";

import { withMemoryLimit } from "./wasm-memory";

const PAGE = 65536;

/** A module with one memory and a function that grows it by its argument. */
const growing = (limits: number[]) =>
  Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f], // type: (i32) -> i32
    ...[3, 2, 1, 0],
    ...[5, 1 + limits.length, 1, ...limits],
    ...[7, 8, 1, 4, 0x67, 0x72, 0x6f, 0x77, 0, 0], // export "grow"
    ...[10, 8, 1, 6, 0, 0x20, 0, 0x40, 0, 0x0b],
  ]);

async function grow(module: Uint8Array<ArrayBuffer>, pages: number): Promise<number> {
  const { instance } = await WebAssembly.instantiate(module);
  return (instance.exports.grow as (pages: number) => number)(pages);
}

test("a memory without a maximum gets one", async () => {
  const bounded = withMemoryLimit(growing([0, 1]), 4 * PAGE);
  expect(await grow(growing([0, 1]), 9)).toBe(1);
  expect(await grow(bounded, 3)).toBe(1);
  expect(await grow(bounded, 4)).toBe(-1);
});

test("a smaller declared maximum stays, a larger one is cut", async () => {
  expect(await grow(withMemoryLimit(growing([1, 1, 2]), 4 * PAGE), 2)).toBe(-1);
  expect(await grow(withMemoryLimit(growing([1, 1, 100]), 4 * PAGE), 4)).toBe(-1);
});

test("what cannot start within the limit, or is no module, is said", () => {
  expect(() => withMemoryLimit(growing([0, 9]), 4 * PAGE)).toThrow(/starts with/);
  expect(() => withMemoryLimit(new TextEncoder().encode("#!/bin/sh"), PAGE)).toThrow(/WebAssembly module/);
  expect(() => withMemoryLimit(growing([0, 1]).slice(0, 18), PAGE)).not.toThrow(RangeError);
});
