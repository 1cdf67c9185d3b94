// Whatever a person can point at in a picture: a version, a read line, an entry, a cell.
export interface Thing {
  /** The name that links in sentences use: `x/v2`, `s1`, `entry/4`. */
  id: string;
  /** One label that says it all: "price v2 12 at 220, chosen". */
  label: string;
  /** Where it stands, in the picture's own units. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Things of one row are walked with left and right, rows with up and down. */
  row: number;
  /** Why it is there, as the core says it. */
  because?: string;
  /** The message that made it. */
  step?: number;
}

export type Direction = "left" | "right" | "up" | "down" | "first" | "last";

/** The thing that an arrow key leads to from the one at `index`. */
export function neighbour(things: Thing[], index: number, direction: Direction): number {
  const here = things[index];
  if (!here) return 0;
  if (direction === "first") return 0;
  if (direction === "last") return things.length - 1;
  if (direction === "left" || direction === "right") {
    const next = index + (direction === "right" ? 1 : -1);
    return Math.min(Math.max(next, 0), things.length - 1);
  }
  const rows = [...new Set(things.map((thing) => thing.row))];
  const row = rows[rows.indexOf(here.row) + (direction === "down" ? 1 : -1)];
  if (row === undefined) return index;
  const middle = here.x + here.width / 2;
  let best = index;
  let distance = Infinity;
  things.forEach((thing, i) => {
    const away = Math.abs(thing.x + thing.width / 2 - middle);
    if (thing.row === row && away < distance) {
      best = i;
      distance = away;
    }
  });
  return best;
}

/** What every picture is given beside its own view. */
export interface FrameProps {
  width: number;
  caption: string;
  step: number;
  lit: string | null;
  moving: boolean;
  onpoint: (id: string | null) => void;
  onopen: (thing: Thing) => void;
}
