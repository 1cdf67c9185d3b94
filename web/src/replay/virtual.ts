// Which rows of a long transcript are in view. Rows are equally high but for the current one.

export interface Viewport {
  scrollTop: number;
  height: number;
  rowHeight: number;
  steps: number;
  current: number;
  currentHeight: number;
}

/** First and last row to draw, from 1, with a few beyond each edge. */
export function rowsInView(view: Viewport, beyond = 8): { from: number; to: number } {
  const extra = Math.max(0, view.currentHeight - view.rowHeight);
  const before = view.scrollTop / view.rowHeight;
  const from = Math.floor(before - extra / view.rowHeight) - beyond;
  const to = Math.ceil(before + view.height / view.rowHeight) + beyond;
  return { from: Math.max(1, from), to: Math.min(view.steps, to) };
}
