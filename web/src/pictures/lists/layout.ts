// Lists as a drawing: cells by writer, a read is a bracket over the prefix that it saw.
import type { IncompatibleRead, List, ListCell, Lists, PrefixRead } from "../../core";
import { italic, shorten } from "../measure";
import type { Thing } from "../thing";

export interface CellDrawing {
  cell: ListCell;
  x: number;
  element: string;
}

export interface BracketDrawing {
  read: PrefixRead;
  x: number;
  y: number;
  width: number;
  words: string;
}

export interface ContraryDrawing {
  read: IncompatibleRead;
  y: number;
  cells: CellDrawing[];
  /** Where the first difference is marked. */
  differs: { x: number; y: number };
  words: string;
}

export interface ListDrawing {
  list: List;
  label: string;
  labelY: number;
  y: number;
  brackets: BracketDrawing[];
  /** Reads that are not drawn. */
  hidden: number;
  cells: CellDrawing[];
  contrary: ContraryDrawing[];
  /** Position of the first cell drawn. */
  firstCell: number;
}

export interface ListsDrawing {
  width: number;
  height: number;
  left: number;
  lists: ListDrawing[];
  positions: { x: number; label: string }[];
  writers: { name: string; hue: number; x: number; y: number }[];
  writersY: number;
  things: Thing[];
}

export const cellPitch = 62;
export const cellWidth = 59;
export const cellHeight = 44;
const mostBrackets = 4;

const leftOf = (room: number): number => (room < 520 ? 4 : 128);

/** How many cells of a list fit beside its name. */
export const cellsThatFit = (room: number): number => Math.max(3, Math.floor((room - leftOf(room)) / cellPitch));

/** The first position shown when nobody asked for another: the newest elements are in view. */
export function firstPosition(view: Lists, room: number): number {
  const longest = Math.max(0, ...view.lists.map((list) => list.earlier + list.cells.length));
  return Math.max(0, longest - cellsThatFit(room));
}

/** The positions from `first` on; equal positions stand in one column, so prefixes align. */
export function layOutLists(view: Lists, room: number, first: number): ListsDrawing {
  const left = leftOf(room);
  const span = { first, end: first + cellsThatFit(room) };
  let y = 44;
  const lists = view.lists.map((list) => {
    const drawn = layOutList(list, y, left, room, span);
    y = (drawn.contrary.at(-1)?.y ?? drawn.y) + cellHeight + 26;
    return drawn;
  });
  const longest = Math.max(0, ...view.lists.map((list) => list.earlier + list.cells.length));
  const columns = Math.max(1, Math.min(span.end, longest) - first);
  const positions = Array.from({ length: columns }, (_, i) => ({
    x: left + i * cellPitch + cellWidth / 2,
    label: String(first + i),
  }));
  const perRow = Math.max(1, Math.floor((room - left) / 82));
  const writers = view.writers.map(([name, hue], i) => ({
    name,
    hue,
    x: left + (i % perRow) * 82,
    y: y + Math.floor(i / perRow) * 26,
  }));
  const height = y + Math.max(1, Math.ceil(writers.length / perRow)) * 26 + 4;
  return { width: room, height, left, lists, positions, writers, writersY: y, things: thingsOf(lists) };
}

interface Span {
  first: number;
  end: number;
}

function layOutList(list: List, top: number, left: number, room: number, span: Span): ListDrawing {
  const reads = list.reads.filter((read) => read.length > span.first).slice(-mostBrackets);
  const narrow = left < 100;
  const y = top + (narrow ? 22 : 0) + reads.length * 22 + 10;
  const brackets = reads.map((read, i): BracketDrawing => {
    const width = (Math.min(read.length, span.end) - span.first) * cellPitch - 3;
    const long = `${read.reader} of ${read.client} read the first ${read.length}, message ${read.step}`;
    const words = [long, `${read.reader} read ${read.length}`, ""].find(
      (text) => left + width + 12 + italic(text, 13) < room,
    );
    return { read, x: left, y: top + (narrow ? 22 : 0) + i * 22 + 8, width, words: words ?? "" };
  });
  const contrary = list.incompatible.map((read, i): ContraryDrawing => {
    const at = y + (i + 1) * 66;
    const column = Math.max(0, read.first_difference - span.first);
    return {
      read,
      y: at,
      cells: drawCells(read.cells.slice(span.first, span.end), left, 0),
      differs: { x: left + column * cellPitch + cellWidth / 2, y: at - 11 },
      words: `${read.reader} of ${read.client}, message ${read.step}`,
    };
  });
  const from = Math.max(0, span.first - list.earlier);
  const shown = list.cells.slice(from, Math.max(from, span.end - list.earlier));
  return {
    list,
    y,
    brackets,
    contrary,
    cells: drawCells(shown, left, Math.max(0, list.earlier - span.first)),
    hidden: list.reads.length - reads.length,
    firstCell: list.earlier + from,
    label: shorten(list.key, 14, 80) ?? list.key,
    labelY: narrow ? top + 14 : y + 28,
  };
}

function drawCells(cells: ListCell[], left: number, column: number): CellDrawing[] {
  return cells.map((cell, i) => ({
    cell,
    x: left + (column + i) * cellPitch,
    element: shorten(cell.element, 14, 44) ?? "…",
  }));
}

function thingsOf(lists: ListDrawing[]): Thing[] {
  let row = 0;
  return lists.flatMap((drawn) => {
    const key = drawn.list.key;
    const brackets = drawn.brackets.map(({ read, x, y, width }): Thing => ({
      id: `read/${read.reader}/${key}`,
      row,
      x,
      y: y - 10,
      width,
      height: 22,
      step: read.step,
      label: `Read of key ${key} by ${read.reader} of ${read.client} at message ${read.step}: its first ${read.length}`,
    }));
    const cells = drawn.cells.map((cell, i) =>
      cellThing(cell, row + 1, drawn.y, `key ${key} position ${drawn.firstCell + i}`),
    );
    const contrary = drawn.contrary.flatMap((line, k) =>
      line.cells.map((cell, i) => ({
        ...cellThing(cell, row + 2 + k, line.y, `read by ${line.read.reader} at position ${i}`),
        id: `${line.read.reader}/${key}/${i}`,
      })),
    );
    row += 2 + drawn.contrary.length;
    return [...brackets, ...cells, ...contrary];
  });
}

function cellThing({ cell, x }: CellDrawing, row: number, y: number, where: string): Thing {
  return {
    id: cell.id,
    row,
    x,
    y,
    width: cellWidth,
    height: cellHeight,
    label: `${cell.element}, appended by ${cell.writer}, ${where}`,
  };
}
