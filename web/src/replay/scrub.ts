// The scrubber's geometry: messages evenly spaced on a track, numbered where there is room.
import type { Mark } from "../core";
import type { Marks } from "./source";

export interface Track {
  left: number;
  right: number;
  /** How many messages; the first stands at the left end. */
  steps: number;
}

/** Step 0, before the first message, stands where the first does. */
export function xOfStep(track: Track, step: number): number {
  const gaps = Math.max(track.steps - 1, 1);
  return track.left + (Math.max(step - 1, 0) / gaps) * (track.right - track.left);
}

export function stepAt(track: Track, x: number): number {
  if (track.steps === 0) return 0;
  const share = (x - track.left) / (track.right - track.left);
  const step = 1 + Math.round(share * Math.max(track.steps - 1, 1));
  return Math.min(Math.max(step, 1), track.steps);
}

/** Which messages carry their number: the first, the last, and round ones between. */
export function tickNumbers(track: Track): number[] {
  if (track.steps === 0) return [];
  const room = Math.max(2, Math.floor((track.right - track.left) / 90));
  const step = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 1000000].find(
    (candidate) => track.steps / candidate <= room,
  );
  const numbers = [1];
  const tooClose = (n: number) => xOfStep(track, track.steps) - xOfStep(track, n) < 40;
  for (let n = step ?? track.steps; n < track.steps; n += step ?? track.steps) {
    if (!tooClose(n) && xOfStep(track, n) - track.left > 30) numbers.push(n);
  }
  if (track.steps > 1) numbers.push(track.steps);
  return numbers;
}

export interface Bars {
  kind: "read" | "write" | "refused";
  path: string;
}

/** Dense messages as bars, one pixel each: their height is how many of a kind fall there. */
export function bars(track: Track, marks: Marks): Bars[] {
  const columns = Math.max(1, Math.round(track.right - track.left));
  const counts = {
    read: new Uint32Array(columns + 1),
    write: new Uint32Array(columns + 1),
    refused: new Uint32Array(columns + 1),
  };
  marks.marks.forEach((mark, i) => {
    const column = Math.round(xOfStep(track, i + 1) - track.left);
    const kind = marks.refused[i] ? "refused" : isWrite(mark) ? "write" : "read";
    counts[kind][column]! += 1;
  });
  const most = Math.max(1, ...counts.read, ...counts.write, ...counts.refused);
  const path = (kind: Bars["kind"], from: number, direction: 1 | -1) => {
    const parts: string[] = [];
    counts[kind].forEach((count, column) => {
      if (count > 0)
        parts.push(`M${track.left + column + 0.5} ${from}v${direction * Math.max(3, (count / most) * 14)}`);
    });
    return parts.join("");
  };
  return [
    { kind: "read", path: path("read", 31, -1) },
    { kind: "write", path: path("write", 31, -1) },
    { kind: "refused", path: path("refused", 16, -1) },
  ];
}

const isWrite = (mark: Mark) => mark === "put" || mark === "delete" || mark === "commit";
