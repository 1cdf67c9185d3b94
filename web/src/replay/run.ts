// A script run by the core, as the replay wants it.
import { startCore } from "../core";
import type { Mark, Row, Scene, Window } from "../core";
import type { Marks, Replayable } from "./source";

const refusing: ReadonlySet<Mark> = new Set<Mark>(["abort", "error", "bad_line"]);

export interface ScriptRun extends Replayable {
  /** The line of the script on which each message stands, from 1. */
  lines(): Uint32Array;
  /** Gives the core's memory back. */
  free(): void;
}

export async function runScript(script: string): Promise<ScriptRun> {
  const core = await startCore();
  const run = new core.Run(script);
  const marks = run.marks();
  const known: Marks = {
    marks,
    refused: marks.map((mark) => refusing.has(mark)),
    firstDivergence: run.firstDivergence() ?? 0,
  };
  return {
    steps: run.steps,
    rows: (from: number, to: number): Row[] => run.rows(from, to),
    scene: (step: number, window: Window): Scene => run.scene(step, window),
    marks: () => known,
    lines: () => run.lines(),
    free: () => run.free(),
  };
}
