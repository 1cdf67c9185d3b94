// What a replay is drawn from. The core's run is one; the page asks it for what is in view.
import type { Mark, Row, Scene, Window } from "../core";

export interface Replayable {
  readonly steps: number;
  /** Rows of the transcript from one number to another, both included, from 1. */
  rows(from: number, to: number): Row[];
  scene(step: number, window: Window): Scene;
  /** The shape of every message, and whether it was refused or diverges. */
  marks(): Marks;
}

export interface Marks {
  marks: Mark[];
  refused: boolean[];
  /** The first message whose recorded answer differs from the reference's; 0: none does. */
  firstDivergence: number;
}
