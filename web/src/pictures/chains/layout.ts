// Version chains as a drawing: keys are lanes, time runs to the right. Pure: the same chains, width
// and scale give the same drawing.
import type { Bar, Block, Chains, Lane, Role } from "../../core";
import { italic, mono } from "../measure";
import type { Thing } from "../thing";
import { ordinal } from "../words";
import { axisTicks, type TimeScale, wholeScale, xOf } from "./scale";
import { type Label, placeLabel, slots } from "./label";
import { type LaneBox, laneBoxes } from "./lanes";

export interface BlockDrawing {
  block: Block;
  x: number;
  width: number;
  /** It begins left of the plot: no edge is drawn. */
  cutLeft: boolean;
  /** It is the newest: it runs on. */
  runsOn: boolean;
  label: Label | null;
  /** "collected at message 16", where it fits. */
  collected: string | null;
  /** "arrived 3rd", above a block that came out of timestamp order. */
  arrived: string | null;
}

/** Versions too close together for blocks: one mark each, or a bar where they share a pixel. */
export interface TickDrawing {
  x: number;
  width: number;
  height: number;
  role: Role;
}

export interface LaneDrawing {
  key: string;
  box: LaneBox;
  blocks: BlockDrawing[];
  ticks: TickDrawing[];
}

export interface Dot {
  key: string;
  y: number;
  kind: "now" | "before" | "not read";
}

export interface ChainsDrawing {
  height: number;
  narrow: boolean;
  scale: TimeScale;
  top: number;
  axisY: number;
  lanes: LaneDrawing[];
  ticks: { x: number; label: string }[];
  read: {
    x: number;
    label: string;
    flagX: number;
    flagWidth: number;
    words: string;
    wordsX: number;
    dots: Dot[];
  } | null;
  pins: {
    id: string;
    x: number;
    tagX: number;
    tagY: number;
    tagWidth: number;
    words: string | null;
    diamonds: number[];
  }[];
  watermark: { x: number; askedX: number | null; y: number; below: string; asked: string } | null;
  refused: {
    x: number;
    y: number;
    height: number;
    readX: number | null;
    words: string;
    wordsX: number;
    end: boolean;
  } | null;
  /** What a program answered instead: a box around the block it took, and a line to it. */
  answered: { x: number; y: number; width: number; height: number; fromX: number | null; words: string } | null;
  things: Thing[];
}

export interface ChainsOptions {
  width: number;
  /** The extent of the whole run, so that steps do not move the axis. */
  extent: [number, number] | null;
  /** A zoomed scale; absent: everything. */
  scale?: TimeScale | null;
}

const labelColumn = 76;
const rail = 12;
/** Below this a block has no words; below the other it is a tick. */
const noWords = 24;
const onlyTick = 6;

export function plotOf(width: number): { left: number; right: number; narrow: boolean } {
  const narrow = width < 520;
  return { left: narrow ? 2 : labelColumn, right: width - 3, narrow };
}

export function chainsScale(extent: [number, number] | null, width: number): TimeScale {
  const { left, right, narrow } = plotOf(width);
  return wholeScale(extent ?? [0, 100], left, right, narrow ? [10, 44] : [20, 66]);
}

export function layOutChains(chains: Chains, options: ChainsOptions): ChainsDrawing {
  const { left, right, narrow } = plotOf(options.width);
  const scale = options.scale
    ? { ...options.scale, left, right }
    : chainsScale(options.extent ?? chains.extent, options.width);
  const top = narrow ? 52 : 48;
  const { boxes, bottom } = laneBoxes(
    chains.lanes.map((lane) => lane.current),
    top,
    narrow,
  );
  const axisY = Math.max(bottom - 6, top + 40);
  const inView = (t: number) => t >= scale.lo && t <= scale.hi;
  const readX = chains.read && inView(chains.read.at) ? xOf(scale, chains.read.at) : null;
  const pinXs = chains.pins.filter((pin) => inView(pin.at)).map((pin) => xOf(scale, pin.at));
  const lines = [...(readX === null ? [] : [readX]), ...pinXs];

  const lanes = chains.lanes.map((lane, i) => layOutLane(lane, boxes[i]!, scale, lines, narrow));
  const things: Thing[] = lanes.flatMap((lane, row) => laneThings(lane, chains.lanes[row]!, row, scale));
  const row = lanes.length;
  const read = layOutRead(chains, lanes, readX, right, narrow);
  if (read && chains.read) {
    things.push({
      id: "read",
      label: `Read line at ${chains.read.at}: ${chains.read.label}`,
      row,
      x: read.x - 12,
      y: 14,
      width: 24,
      height: axisY - 14,
    });
  }
  const pins = layOutPins(chains, lanes, scale, axisY, inView);
  for (const pin of pins) {
    const sees = chains.pins.find((other) => other.id === pin.id)?.sees ?? [];
    const held = sees.length === 0 ? "nothing" : sees.map((id) => id.replace("/", " ")).join(", ");
    things.push({
      id: pin.id,
      label: `Open snapshot ${pin.id} at ${chains.pins.find((p) => p.id === pin.id)?.at} sees ${held}`,
      row: row + 1,
      x: pin.tagX - 2,
      y: pin.tagY - 3,
      width: pin.tagWidth + 4,
      height: 24,
    });
  }
  const tagRows = pins.length === 0 ? 0 : Math.max(...pins.map((pin) => pin.tagY - axisY)) + 18;
  const watermark = layOutWatermark(chains, scale, axisY + Math.max(tagRows, 22) + 14);
  if (watermark && chains.watermark) {
    things.push({
      id: "watermark",
      label: `Watermark ${chains.watermark.at}${watermark.asked ? `, ${watermark.asked}` : ""}`,
      row: row + 2,
      x: Math.max(watermark.x - 60, 0),
      y: watermark.y - 14,
      width: 120,
      height: 24,
    });
  }
  const refused = layOutRefused(chains, lanes, scale, right);
  if (refused && chains.refused) {
    things.push({
      id: "refused",
      label: `Refused: ${chains.refused.key} at ${chains.refused.at}, ${chains.refused.reason}`,
      row: row + 3,
      x: refused.x - 12,
      y: refused.y - 20,
      width: 24,
      height: refused.height + 20,
    });
  }
  const answered = layOutAnswered(chains, lanes, readX, narrow);
  const below = watermark ? watermark.y + 18 : axisY + Math.max(tagRows, 22) + 6;
  return {
    height: below,
    narrow,
    scale,
    top,
    axisY,
    lanes,
    read,
    pins,
    watermark,
    refused,
    answered,
    things,
    ticks: axisTicks(scale).filter((tick) => tick.x >= left && tick.x <= right - 8),
  };
}

function layOutLane(lane: Lane, box: LaneBox, scale: TimeScale, lines: number[], narrow: boolean): LaneDrawing {
  const blocks: BlockDrawing[] = [];
  const small: { x: number; role: Role }[] = [];
  for (const block of lane.blocks) {
    const begin = xOf(scale, block.from);
    const end = block.to === null ? scale.right : Math.min(xOf(scale, block.to) - 2, scale.right);
    if (end < scale.left || begin > scale.right) continue;
    const x = Math.max(begin, scale.left);
    const width = end - x;
    if (width < onlyTick || box.height < 10) {
      small.push({ x, role: block.role });
      continue;
    }
    blocks.push(drawBlock(block, x, width, begin < scale.left, box, lines, narrow));
  }
  const ticks = lane.bars.length > 0 ? barsOf(lane.bars, scale, box) : ticksOf(small, box);
  return { key: lane.key, box, blocks, ticks };
}

function drawBlock(
  block: Block,
  x: number,
  width: number,
  cutLeft: boolean,
  box: LaneBox,
  lines: number[],
  narrow: boolean,
): BlockDrawing {
  const sizes = { value: narrow ? 12.5 : 14, version: 11.5 };
  const hasWords = width >= noWords && box.height >= 18;
  const free = hasWords ? slots(x, x + width, lines) : [];
  const value = block.value ?? "deleted";
  const label = !hasWords
    ? null
    : box.tall
      ? placeLabel(free, value, `v${block.version}`, `@${block.from}`, sizes)
      : placeLabel(free, null, `v${block.version}`, value, sizes);
  const words = block.collected_at_step === null ? null : `collected at message ${block.collected_at_step}`;
  const collected = words && box.tall && italic(words, 13) < width - 12 ? words : null;
  const arrived = block.out_of_order && box.tall ? `arrived ${ordinal(block.version)}` : null;
  return { block, x, width, cutLeft, runsOn: block.to === null, label, collected, arrived };
}

/** Ticks of a lane; those that share a pixel become one bar whose height is their number. */
function ticksOf(small: { x: number; role: Role }[], box: LaneBox): TickDrawing[] {
  const bins = new Map<string, { x: number; role: Role; count: number }>();
  for (const tick of small) {
    const x = Math.floor(tick.x);
    const bin = bins.get(`${x} ${tick.role}`) ?? { x, role: tick.role, count: 0 };
    bin.count += 1;
    bins.set(`${x} ${tick.role}`, bin);
  }
  const all = [...bins.values()];
  const most = Math.max(1, ...all.map((bin) => bin.count));
  const important = (role: Role) => role === "chosen" || role === "refused";
  return all
    .sort((a, b) => Number(important(a.role)) - Number(important(b.role)))
    .map((bin) => ({
      x: bin.x,
      width: important(bin.role) ? 3 : 1,
      height: most === 1 || important(bin.role) ? box.height : Math.max(3, (bin.count / most) * box.height),
      role: bin.role,
    }));
}

/** A lane with more versions than are sent one by one: bars whose height is how many there are. */
function barsOf(bars: Bar[], scale: TimeScale, box: LaneBox): TickDrawing[] {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return bars
    .filter((bar) => bar.to >= scale.lo && bar.from <= scale.hi)
    .map((bar) => {
      const x = xOf(scale, bar.from);
      const height = Math.max(3, (bar.count / most) * box.height);
      return { x, width: Math.max(1, xOf(scale, bar.to) - x), height, role: bar.gone === bar.count ? "gone" : "plain" };
    });
}

function laneThings(drawing: LaneDrawing, lane: Lane, row: number, scale: TimeScale): Thing[] {
  const shown = new Map(drawing.blocks.map((block) => [block.block.id, block]));
  return lane.blocks
    .filter((block) => block.from <= scale.hi && (block.to === null || block.to >= scale.lo))
    .map((block) => {
      const drawn = shown.get(block.id);
      return {
        id: block.id,
        label: blockLabel(lane.key, block),
        x: drawn?.x ?? Math.max(scale.left, xOf(scale, block.from)),
        y: drawing.box.y,
        width: drawn?.width ?? 3,
        height: drawing.box.height,
        row,
        because: block.because,
        step: block.written_at_step,
      };
    });
}

/** "price v2 12 at 220, chosen". */
export function blockLabel(key: string, block: Block): string {
  const what = block.value ?? "deleted";
  const roles: Record<Role, string> = {
    plain: "",
    chosen: ", chosen",
    newer: ", newer: not visible",
    refused: ", refused",
    gone: ", collected",
  };
  const pinned = block.pinned_by.length > 0 ? `, seen by ${block.pinned_by.join(", ")}` : "";
  return `${key} v${block.version} ${what} at ${block.from}${roles[block.role]}${pinned}`;
}

function railY(box: LaneBox): number {
  return box.tall ? box.y + box.height - rail : box.y + box.height / 2;
}

function layOutRead(
  chains: Chains,
  lanes: LaneDrawing[],
  x: number | null,
  right: number,
  narrow: boolean,
): ChainsDrawing["read"] {
  if (!chains.read || x === null) return null;
  const landings = new Map(chains.read.landings.map((landing) => [landing.key, landing]));
  const dots = lanes.map((lane): Dot => {
    const landing = landings.get(lane.key);
    const kind = landing ? (landing.now ? "now" : "before") : "not read";
    return { key: lane.key, y: railY(lane.box), kind };
  });
  const label = chains.read.label;
  const flagWidth = mono(label, 12) + 15;
  const flagX = Math.min(x - 1, right - flagWidth);
  const anyNewer = lanes.some((lane) =>
    [...lane.blocks.map((b) => b.block.role), ...lane.ticks.map((t) => t.role)].includes("newer"),
  );
  const long = `newer than ${chains.read.at}: not visible`;
  const room = right - flagX - flagWidth - 9;
  const words = !anyNewer
    ? ""
    : !narrow && italic(long, 13) < room
      ? long
      : italic("not visible", 13) < room
        ? "not visible"
        : "";
  return { x, label, flagX, flagWidth, words, wordsX: flagX + flagWidth + 9, dots };
}

function layOutPins(
  chains: Chains,
  lanes: LaneDrawing[],
  scale: TimeScale,
  axisY: number,
  inView: (t: number) => boolean,
): ChainsDrawing["pins"] {
  const railOf = new Map<string, number>();
  for (const [i, lane] of lanes.entries()) {
    for (const block of chains.lanes[i]!.blocks) railOf.set(block.id, railY(lane.box));
  }
  const rows: number[] = [];
  return chains.pins
    .filter((pin) => inView(pin.at))
    .sort((a, b) => a.at - b.at)
    .map((pin, i) => {
      const x = xOf(scale, pin.at);
      const tagWidth = mono(pin.id, 12) + 11.6;
      const tagX = Math.min(Math.max(x - tagWidth / 2, 0), scale.right - tagWidth);
      let row = rows.findIndex((end) => end + 4 < tagX);
      if (row < 0) row = rows.length;
      rows[row] = tagX + tagWidth;
      const diamonds = pin.sees.map((id) => railOf.get(id)).filter((y) => y !== undefined);
      const words = i === 0 && tagX - scale.left > 100 ? "open snapshot" : null;
      return { id: pin.id, x, tagX, tagY: axisY + 18 + row * 22, tagWidth, words, diamonds };
    });
}

function layOutWatermark(chains: Chains, scale: TimeScale, y: number): ChainsDrawing["watermark"] {
  const mark = chains.watermark;
  if (!mark) return null;
  const clamp = (t: number) => Math.min(Math.max(xOf(scale, t), scale.left), scale.right);
  const held = mark.asked !== mark.at;
  const by = mark.held_by ? `, held by ${mark.held_by}` : "";
  return {
    x: clamp(mark.at),
    askedX: held ? clamp(mark.asked) : null,
    y,
    below: `watermark ${mark.at}`,
    asked: held ? `asked ${mark.asked}${by}` : "",
  };
}

function layOutRefused(
  chains: Chains,
  lanes: LaneDrawing[],
  scale: TimeScale,
  right: number,
): ChainsDrawing["refused"] {
  const refused = chains.refused;
  const lane = lanes.find((other) => other.key === refused?.key);
  if (!refused || !lane) return null;
  const clamp = (t: number) => Math.min(Math.max(xOf(scale, t), scale.left), scale.right);
  const x = clamp(refused.at);
  const words = `refused: ${refused.reason}`;
  const end = x + 12 + italic(words, 13) > right;
  return {
    x,
    y: lane.box.y,
    height: lane.box.height,
    readX: refused.read_at === null ? null : clamp(refused.read_at),
    words,
    wordsX: end ? x - 12 : x + 12,
    end,
  };
}

function layOutAnswered(
  chains: Chains,
  lanes: LaneDrawing[],
  readX: number | null,
  narrow: boolean,
): ChainsDrawing["answered"] {
  const lane = lanes.find((other) => other.key === chains.answered?.key);
  if (!chains.answered || !lane) return null;
  const words = narrow ? "your answer" : `your program answered ${chains.answered.value}`;
  const taken = lane.blocks.find((drawn) => drawn.block.id === chains.answered?.block);
  const { y, height } = lane.box;
  if (!taken) return { x: readX ?? 0, y, width: 0, height, fromX: null, words };
  return { x: taken.x - 1, y: y - 1, width: taken.width + 2, height: height + 2, fromX: readX, words };
}
