// The label rule: lines that cross a block cut it into slots, and a label never runs under a line.
import { mono, shorten } from "../measure";

export interface Slot {
  left: number;
  right: number;
}

export interface Label {
  x: number;
  value: string | null;
  version: string;
}

export interface LabelSizes {
  value: number;
  version: number;
}

/** The stretches of a block that are free of lines; `pad` keeps words off its edge. */
export function slots(left: number, right: number, lines: number[], pad = 8): Slot[] {
  const cuts = lines.filter((x) => x > left && x < right).sort((a, b) => a - b);
  const starts = [left + pad + 3, ...cuts.map((x) => x + 7)];
  const ends = [...cuts.map((x) => x - 5), right - 3];
  return starts.map((start, i) => ({ left: start, right: ends[i] ?? start })).filter((slot) => slot.right > slot.left);
}

/**
 * 1. The whole label in the first slot that holds it.
 * 2. Else the widest slot, the version without its timestamp.
 * 3. Else there, a text shortened, a number left out.
 * 4. Else nothing: the block stays, the words are in its label and in the table.
 */
export function placeLabel(
  free: Slot[],
  value: string | null,
  version: string,
  timestamp: string,
  sizes: LabelSizes,
): Label | null {
  const room = (slot: Slot) => slot.right - slot.left;
  const valueWidth = value === null ? 0 : mono(value, sizes.value);
  const whole = `${version} ${timestamp}`;
  const wholeWidth = Math.max(valueWidth, mono(whole, sizes.version));
  const first = free.find((slot) => room(slot) >= wholeWidth);
  if (first) return { x: first.left, value, version: whole };

  const widest = free.reduce<Slot | null>((best, slot) => (!best || room(slot) > room(best) ? slot : best), null);
  if (!widest || room(widest) < mono(version, sizes.version)) return null;
  const fitting = mono(whole, sizes.version) <= room(widest) ? whole : version;
  const shown = value === null ? null : shorten(value, sizes.value, room(widest));
  return { x: widest.left, value: shown, version: fitting };
}
