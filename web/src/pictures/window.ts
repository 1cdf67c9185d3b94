// What the page asks the core for: as much of a picture as its width can show.
import type { Scene, Window } from "../core";
import { occWindow } from "./occ/layout";

export interface Sight {
  width: number;
  /** The stretch of time in view, when it is not everything. */
  time: { from: number; to: number } | null;
  /** How many lanes the run has in the end. */
  lanes: number;
  /** How many messages the run has. */
  steps: number;
}

/** At most so many versions are sent one by one for one picture; fuller lanes are counted into bars. */
const mostVersions = 4000;

export function windowOf(kind: Scene["picture"]["picture"], step: number, sight: Sight): Window {
  switch (kind) {
    case "occ":
      return occWindow(sight.width, step, sight.steps);
    case "chains": {
      const items = Math.max(60, Math.floor(mostVersions / Math.max(1, Math.min(sight.lanes, 200))));
      const time = sight.time ? { from_time: sight.time.from, to_time: sight.time.to } : {};
      return { items, lanes: 200, ...time };
    }
    default:
      return {};
  }
}
