// The log as a drawing: entries in a row, the gate, the batch at it, and the state below.
import type { Cell, Entry, LogView, Operation } from "../../core";
import { mono, shorten } from "../measure";
import type { Thing } from "../thing";

export interface OperationDrawing {
  operation: Operation;
  y: number;
  key: string;
  value: string;
}

export interface EntryDrawing {
  entry: Entry;
  x: number;
  operations: OperationDrawing[];
  more: number;
}

export interface GateDrawing {
  x: number;
  y: number;
  width: number;
  height: number;
  rejected: boolean;
  title: string;
  operations: OperationDrawing[];
  words: string;
  path: string | null;
}

export interface CellDrawing {
  cell: Cell;
  x: number;
  y: number;
  width: number;
  key: string;
  value: string | null;
  previous: string | null;
}

export interface LogDrawing {
  width: number;
  height: number;
  entries: EntryDrawing[];
  entryWidth: number;
  entryHeight: number;
  /** Entries before the first one shown. */
  earlier: number;
  free: { x: number; width: number };
  gateY: number;
  gate: GateDrawing | null;
  stateY: number;
  cells: CellDrawing[];
  things: Thing[];
}

export const entryTop = 34;
export const cellHeight = 60;
const gap = 6;
const narrowest = 148;
const lineHeight = 20;
const mostLines = 8;

/** How many entries stand beside each other; the others are reached by going back. */
export const entriesThatFit = (room: number): number => Math.max(1, Math.floor((room - 84 - 120) / (narrowest + gap)));

/** The drawing with the entries up to `back` before the newest one that was sent. */
export function layOutLog(view: LogView, room: number, step: number, back: number): LogDrawing {
  const end = view.entries.length - back;
  const fit = entriesThatFit(room);
  const begin = Math.max(0, end - (view.earlier === 0 && end - fit === 1 && room > 640 ? fit + 1 : fit));
  const shown = view.entries.slice(begin, end);
  const earlier = view.earlier + begin;
  const stub = earlier > 0 ? 84 : 0;
  const longest = Math.max(2, ...shown.map((entry) => Math.min(entry.operations.length, mostLines)));
  const entryHeight = 52 + longest * lineHeight;
  const fitting = (room - stub - 120) / Math.max(1, shown.length) - gap;
  const entryWidth = Math.round(Math.min(196, Math.max(narrowest, fitting)));
  const entries = shown.map((entry, i) => layOutEntry(entry, stub + i * (entryWidth + gap), entryWidth));
  const free = { x: stub + entries.length * (entryWidth + gap) + 22, width: 94 };
  const width = room;
  const gateY = entryTop + entryHeight + 38;
  const gate = layOutGate(view, gateY, room);
  const stateY = (gate ? gate.y + gate.height : gateY + 6) + 44;
  const { cells, height } = layOutState(view.state, stateY + 12, room);
  const things: Thing[] = [
    ...entries.map((drawn) => entryThing(drawn, entryWidth, entryHeight)),
    {
      id: `entry/${view.next_index}`,
      row: 0,
      x: free.x,
      y: entryTop,
      width: free.width,
      height: entryHeight,
      label: `Entry ${view.next_index} is still free`,
    },
    ...(gate ? gateThings(gate) : []),
    ...cells.map((drawn) => cellThing(drawn, step)),
  ];
  return { width, height, entries, entryWidth, entryHeight, earlier, free, gateY, gate, stateY, cells, things };
}

const say = (operation: Operation): string =>
  [operation.op, operation.key, operation.value ?? ""].filter(Boolean).join(" ");

function layOutEntry(entry: Entry, x: number, width: number): EntryDrawing {
  const many = entry.operations.length > mostLines;
  const shown = entry.operations.slice(0, many ? mostLines - 1 : mostLines);
  const operations = shown.map((operation, i) => drawOperation(operation, entryTop + 50 + i * lineHeight, width - 70));
  return { entry, x, operations, more: entry.operations.length - shown.length };
}

function drawOperation(operation: Operation, y: number, room: number): OperationDrawing {
  const key = shorten(operation.key, 12, room * 0.6) ?? "…";
  const rest = room - mono(key, 12) - 8;
  const value = operation.value === null ? "" : (shorten(operation.value, 12, rest) ?? "…");
  return { operation, y, key, value };
}

function layOutGate(view: LogView, gateY: number, room: number): GateDrawing | null {
  const gate = view.gate;
  if (!gate) return null;
  const width = Math.min(388, room - 8);
  const x = room < 520 ? 4 : 202;
  const y = gateY + 59;
  const operations = gate.operations.map((operation, i) => drawOperation(operation, y + 52 + i * 24, width - 100));
  return {
    x,
    y,
    width,
    operations,
    height: 46 + Math.max(operations.length, 1) * 24,
    rejected: gate.error !== null,
    title: `batch of ${gate.operations.length}`,
    words: gate.error ?? "gets alone: read, no entry",
    path: gate.path,
  };
}

function layOutState(state: Cell[], top: number, room: number): { cells: CellDrawing[]; height: number } {
  const columns = Math.max(1, Math.floor((room + 12) / 164));
  const width = Math.min(172, (room - (columns - 1) * 12) / columns);
  const cells = state.map((cell, i): CellDrawing => ({
    cell,
    width,
    x: (i % columns) * (width + 12),
    y: top + Math.floor(i / columns) * 72,
    key: shorten(cell.key, 14, width - 20) ?? "…",
    value:
      cell.value === null ? null : (shorten(cell.value, 14, width - 24 - (cell.previous === null ? 0 : 60)) ?? "…"),
    previous: cell.previous === null ? null : (shorten(cell.previous, 12, 56) ?? "…"),
  }));
  return { cells, height: top + Math.max(1, Math.ceil(state.length / columns)) * 72 };
}

function entryThing({ entry, x }: EntryDrawing, width: number, height: number): Thing {
  return {
    id: entry.id,
    row: 0,
    x,
    y: entryTop,
    width,
    height,
    step: entry.step,
    label: `Log entry ${entry.index} of ${entry.client}: ${entry.operations.map(say).join(", ")}`,
  };
}

function gateThings(gate: GateDrawing): Thing[] {
  const whole: Thing = {
    id: "gate",
    row: 2,
    x: gate.x,
    y: gate.y - 2,
    width: gate.width,
    height: 34,
    label: `${gate.rejected ? "Rejected" : "Answered"} ${gate.title}: ${gate.words}`,
  };
  const operations = gate.operations.map((drawn, i): Thing => ({
    id: `operation/${i}`,
    row: 3 + i,
    x: gate.x + 2,
    y: drawn.y - 16,
    width: gate.width - 4,
    height: 23,
    label: `Operation ${i}: ${say(drawn.operation)}, ${drawn.operation.problem ?? "valid"}`,
  }));
  return [whole, ...operations];
}

function cellThing({ cell, x, y, width }: CellDrawing, step: number): Thing {
  const what = cell.value === null ? "is deleted" : `is ${cell.value}`;
  const fresh = cell.fresh ? `, changed by message ${step}` : "";
  return {
    id: cell.id,
    row: 1000 + y,
    x,
    y,
    width,
    height: cellHeight,
    label: `${cell.key} ${what}, by entry ${cell.by_entry}${fresh}`,
  };
}
