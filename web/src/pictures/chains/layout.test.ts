import { expect, test } from "vitest";
import type { Block, Chains, Role } from "../../core";
import { layOutChains } from "./layout";
import { laneBoxes } from "./lanes";

function block(key: string, version: number, from: number, to: number | null, role: Role = "plain"): Block {
  return {
    id: `${key}/v${version}`,
    version,
    from,
    to,
    value: String(version),
    role,
    written_at_step: version,
    collected_at_step: role === "gone" ? 9 : null,
    out_of_order: false,
    fresh: false,
    pinned_by: [],
    reads: 0,
    last_read_step: null,
    because: "",
  };
}

function chains(blocks: Block[], more: Partial<Chains> = {}): Chains {
  const lane = { index: 0, key: "x", blocks, bars: [], outside: 0, current: true };
  return {
    lanes: [lane],
    lanes_total: 1,
    extent: [100, 380],
    read: null,
    pins: [],
    watermark: null,
    refused: null,
    answered: null,
    ...more,
  };
}

const options = { width: 700, extent: [100, 380] as [number, number] };

test("a block begins at its timestamp and ends before the next; the newest runs on to the edge", () => {
  const drawing = layOutChains(chains([block("x", 1, 100, 200), block("x", 2, 200, null)]), options);
  const [first, second] = drawing.lanes[0]!.blocks;
  expect(first!.x + first!.width).toBeLessThan(second!.x);
  expect(second!.x + second!.width).toBeCloseTo(drawing.scale.right);
  expect(second!.runsOn).toBe(true);
});

test("a read line has a dot in each lane that it landed in, and a dash elsewhere", () => {
  const view = chains([block("x", 1, 100, 200, "chosen"), block("x", 2, 200, null, "newer")], {
    read: { at: 150, label: "read 150", landings: [{ key: "x", block: "x/v1", now: true }] },
  });
  const other = { index: 1, key: "y", blocks: [], bars: [], outside: 0, current: false };
  const drawing = layOutChains({ ...view, lanes: [...view.lanes, other] }, options);
  expect(drawing.read!.dots.map((dot) => dot.kind)).toEqual(["now", "not read"]);
  expect(drawing.read!.words).toContain("not visible");
});

test("a flag at the right edge stays in the picture", () => {
  const view = chains([block("x", 1, 100, null)], {
    read: { at: 500, label: "read newest", landings: [] },
    extent: [100, 500],
  });
  const { read, scale } = layOutChains(view, { width: 400, extent: [100, 500] });
  expect(read!.flagX + read!.flagWidth).toBeLessThanOrEqual(scale.right);
});

test("versions too close together become ticks, and those that share a pixel one bar", () => {
  const many = Array.from({ length: 5000 }, (_, i) => block("x", i + 1, 100 + i, i < 4999 ? 101 + i : null));
  const drawing = layOutChains(chains(many), { width: 700, extent: [100, 5100] });
  const lane = drawing.lanes[0]!;
  expect(lane.blocks.length).toBeLessThan(10);
  expect(lane.ticks.length).toBeLessThan(700);
  expect(drawing.things).toHaveLength(5000);
});

test("chosen and refused ticks come last and are at least three pixels wide", () => {
  const many = Array.from({ length: 2000 }, (_, i) =>
    block("x", i + 1, 100 + i, 101 + i, i === 700 ? "chosen" : "plain"),
  );
  const { ticks } = layOutChains(chains(many), { width: 700, extent: [100, 2100] }).lanes[0]!;
  expect(ticks.at(-1)).toMatchObject({ role: "chosen", width: 3 });
});

test("every thing has a label that says it all", () => {
  const drawing = layOutChains(
    chains([block("price", 2, 220, null, "chosen")], {
      pins: [{ id: "s1", at: 240, sees: ["price/v2"] }],
      watermark: { at: 240, asked: 300, held_by: "s1" },
    }),
    options,
  );
  expect(drawing.things.map((thing) => thing.label)).toEqual([
    "x v2 2 at 220, chosen",
    "Open snapshot s1 at 240 sees price v2",
    "Watermark 240, asked 300, held by s1",
  ]);
});

test("a few keys are tall, many are low, and those of the step stay tall", () => {
  expect(laneBoxes(Array(4).fill(false), 0, false).boxes.every((box) => box.tall)).toBe(true);
  const many = laneBoxes([true, ...Array(30).fill(false)], 0, false).boxes;
  expect(many[0]!.tall).toBe(true);
  expect(many[1]!.height).toBe(20);
  expect(laneBoxes(Array(500).fill(false), 0, false).boxes[9]!.height).toBe(6);
  for (let i = 1; i < many.length; i += 1)
    expect(many[i]!.y).toBeGreaterThanOrEqual(many[i - 1]!.y + many[i - 1]!.height);
});
