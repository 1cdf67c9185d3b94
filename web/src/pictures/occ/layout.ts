// Optimistic concurrency control as a drawing: keys above, transactions below, messages to the right.
import type { KeyLane, KeyVersion, OccView, Role } from "../../core";
import { type Label, placeLabel, slots } from "../chains/label";
import { type LaneBox, laneBoxes } from "../chains/lanes";
import { italic } from "../measure";
import type { Thing } from "../thing";
import { layOutTransactions, type TransactionDrawing } from "./transactions";

export interface VersionDrawing {
  version: KeyVersion;
  x: number;
  width: number;
  cutLeft: boolean;
  runsOn: boolean;
  label: Label | null;
  fresh: boolean;
}

export interface KeyDrawing {
  key: string;
  box: LaneBox;
  versions: VersionDrawing[];
  /** Where the words "never written: version 0" fit. */
  neverWritten: number | null;
}

export interface OccDrawing {
  height: number;
  left: number;
  right: number;
  columns: { step: number; x: number; numbered: boolean }[];
  keys: KeyDrawing[];
  keysBottom: number;
  transactions: TransactionDrawing[];
  /** Attempts that belong together. */
  groups: { top: number; bottom: number }[];
  things: Thing[];
}

const keysTop = 20;

const plot = (width: number) => ({ left: width < 520 ? 62 : 98, right: width - 4 });

/** How many messages a picture of this width can hold, and from which one it begins. */
export function occWindow(width: number, step: number, total: number): { from_step: number; steps: number } {
  const { left, right } = plot(width);
  const steps = Math.max(6, Math.floor((right - left - 54) / 28) + 1);
  // It turns over by halves, so that most steps leave everything where it is.
  const half = Math.floor(steps / 2);
  const turned = 1 + Math.ceil(Math.max(0, step - steps) / half) * half;
  return { from_step: Math.max(1, Math.min(turned, total - steps + 1)), steps };
}

export function layOutOcc(view: OccView, width: number, step: number, total: number): OccDrawing {
  const { left, right } = plot(width);
  const window = occWindow(width, step, total);
  const first = window.from_step;
  const count = Math.max(2, Math.min(window.steps, total - first + 1));
  const pitch = Math.min(72, (right - left - 54) / (count - 1));
  const xOf = (at: number) => left + (at - first) * pitch;
  const columns = Array.from({ length: count }, (_, i) => first + i).map((at) => ({
    step: at,
    x: xOf(at),
    numbered: pitch >= 22 || at === step || at % 5 === 0,
  }));

  const touched = (lane: KeyLane) =>
    lane.versions.some((version) => version.role !== "plain" || version.from_step === step) ||
    view.transactions.some((t) => t.reads.some((read) => read.step === step && read.key === lane.key));
  const { boxes, bottom } = laneBoxes(view.keys.map(touched), keysTop, false);
  const boxOf = new Map(view.keys.map((lane, i) => [lane.key, boxes[i]!]));
  const transactions = layOutTransactions(view.transactions, {
    xOf,
    boxOf,
    left,
    right,
    first,
    pitch,
    step,
    top: bottom + 52,
  });
  const lines = verticals(transactions, boxOf);
  const keys = view.keys.map((lane, i) => {
    const box = boxes[i]!;
    const crossing = lines.filter((line) => line.from < box.y + 4).map((line) => line.x);
    return layOutKey(lane, box, { xOf, left, right, step, crossing });
  });
  const things = [
    ...keys.flatMap((key, row) => versionThings(key, row)),
    ...transactions.map((drawn, i) => transactionThing(drawn, keys.length + i)),
  ];
  const last = transactions.at(-1);
  const height = last ? last.bottom : bottom + 60;
  return {
    height,
    left,
    right,
    columns,
    keys,
    keysBottom: bottom,
    transactions,
    groups: groupsOf(transactions),
    things,
  };
}

interface Place {
  xOf: (step: number) => number;
  left: number;
  right: number;
  step: number;
  crossing: number[];
}

function layOutKey(lane: KeyLane, box: LaneBox, at: Place): KeyDrawing {
  const sizes = { value: 14, version: 11.5 };
  const versions = lane.versions.flatMap((version): VersionDrawing[] => {
    const begin = at.xOf(version.from_step);
    const end = version.to_step === null ? at.right : at.xOf(version.to_step) - 2;
    if (end < at.left) return [];
    const x = Math.max(begin, at.left - 6);
    const width = Math.max(Math.min(end, at.right) - x, 3);
    const free = width < 20 ? [] : slots(x, x + width, at.crossing, 6);
    const name = `v${version.version}`;
    const label = box.tall
      ? placeLabel(free, version.value, name, `by ${version.by}`, sizes)
      : placeLabel(free, null, name, version.value, sizes);
    const fresh = version.from_step === at.step;
    return [{ version, x, width, cutLeft: begin < at.left - 6, runsOn: version.to_step === null, label, fresh }];
  });
  const room = (versions[0]?.x ?? at.right) - at.left;
  const fromZero = lane.versions[0] === undefined || lane.versions[0].version === 1;
  const fits = room > italic("never written: version 0", 13) + 16;
  return { key: lane.key, box, versions, neverWritten: fromZero && fits && box.tall ? at.left + 8 : null };
}

/** The vertical lines that lanes further down are crossed by: reads, commits and arrows. */
function verticals(transactions: TransactionDrawing[], boxOf: Map<string, LaneBox>): { x: number; from: number }[] {
  return transactions.flatMap((drawn) => [
    ...drawn.reads.map((read) => ({ x: read.x, from: read.fromY })),
    ...(drawn.writes ? [{ x: drawn.writes.x, from: drawn.writes.top }] : []),
    ...drawn.arrows.map((arrow) => ({ x: arrow.x, from: boxOf.get(arrow.key)?.y ?? 0 })),
  ]);
}

function groupsOf(transactions: TransactionDrawing[]): { top: number; bottom: number }[] {
  const groups: { top: number; bottom: number }[] = [];
  transactions.forEach((drawn, i) => {
    const before = transactions[i - 1];
    if (drawn.transaction.retry_of === null || !before) return;
    const open = groups.at(-1);
    if (open && open.bottom === before.y + 18) open.bottom = drawn.y + 18;
    else groups.push({ top: before.y - 18, bottom: drawn.y + 18 });
  });
  return groups;
}

const roleWords: Record<Role, string> = {
  plain: "",
  chosen: ", valid",
  newer: ", newer",
  refused: ", in conflict",
  gone: ", gone",
};

function versionThings(key: KeyDrawing, row: number): Thing[] {
  return key.versions.map(({ version, x, width }) => ({
    id: version.id,
    row,
    x,
    y: key.box.y,
    width,
    height: key.box.height,
    step: version.from_step,
    label: `${key.key} version ${version.version}, ${version.value}, written by ${version.by} at message ${version.from_step}${roleWords[version.role]}`,
  }));
}

function transactionThing(drawn: TransactionDrawing, row: number): Thing {
  const t = drawn.transaction;
  const begin = t.begin_step === null ? "never begun" : `begins at message ${t.begin_step}`;
  const outcome = t.outcome === "open" ? "still open" : `${t.outcome} at message ${t.commit_step}`;
  const reads = t.reads.map((read) => `${read.key} v${read.version}`).join(", ");
  return {
    id: t.id,
    row,
    x: drawn.from - 4,
    y: drawn.y - 14,
    width: drawn.to - drawn.from + 8,
    height: 28,
    label: `${t.id} of ${t.client}, ${begin}, ${reads ? `read ${reads}, ` : ""}${outcome}`,
    ...(t.commit_step === null ? {} : { step: t.commit_step }),
  };
}
