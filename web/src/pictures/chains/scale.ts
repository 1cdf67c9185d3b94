// Time on the page: timestamps are integers, the plot is a stretch of pixels.

export interface TimeScale {
  /** Timestamps at the two ends of the plot. */
  lo: number;
  hi: number;
  /** The plot in pixels. */
  left: number;
  right: number;
}

export const xOf = (scale: TimeScale, t: number): number =>
  scale.left + ((t - scale.lo) / (scale.hi - scale.lo)) * (scale.right - scale.left);

export const timeAt = (scale: TimeScale, x: number): number =>
  scale.lo + ((x - scale.left) / (scale.right - scale.left)) * (scale.hi - scale.lo);

/** The scale that shows everything, with room for the first edge and for the newest label. */
export function wholeScale(extent: [number, number], left: number, right: number, inset: [number, number]): TimeScale {
  const [first, last] = extent;
  const span = last > first ? last - first : Math.max(1, Math.abs(first) * 0.1);
  const inner = Math.max(1, right - left - inset[0] - inset[1]);
  const unit = span / inner;
  return { lo: first - inset[0] * unit, hi: first + span + inset[1] * unit, left, right };
}

/** The same plot, closer by `factor` (below 1: further away); the timestamp `around` stays in place. */
export function zoomed(scale: TimeScale, factor: number, around: number): TimeScale {
  const span = Math.max((scale.hi - scale.lo) / factor, 2);
  const share = (around - scale.lo) / (scale.hi - scale.lo);
  const lo = around - share * span;
  return { ...scale, lo, hi: lo + span };
}

/** The same plot, moved by so many pixels. */
export function panned(scale: TimeScale, pixels: number): TimeScale {
  const by = (pixels / (scale.right - scale.left)) * (scale.hi - scale.lo);
  return { ...scale, lo: scale.lo + by, hi: scale.hi + by };
}

/** Round timestamps for the axis: multiples of 1, 2 or 5 times a power of ten, with room for their labels. */
export function axisTicks(scale: TimeScale, glyph = 6.6): { t: number; x: number; label: string }[] {
  const width = scale.right - scale.left;
  const widest = Math.max(String(Math.round(scale.lo)).length, String(Math.round(scale.hi)).length);
  const most = Math.max(1, Math.floor(width / (widest * glyph + 56)));
  const step = niceStep((scale.hi - scale.lo) / most);
  const ticks = [];
  for (let t = Math.ceil(Math.max(0, scale.lo) / step) * step; t <= scale.hi; t += step) {
    ticks.push({ t, x: xOf(scale, t), label: String(t) });
    if (ticks.length > 60) break;
  }
  return ticks;
}

function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1)));
  const step = [1, 2, 5, 10].map((k) => k * power).find((candidate) => candidate >= atLeast);
  return Math.max(1, step ?? 10 * power);
}
