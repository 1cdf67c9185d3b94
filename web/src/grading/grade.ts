/**
 * Grades a program in the page: the plan, the rules and the report are the
 * core's; here the cases find their processes, one after the other.
 */
import { startCore, type CaseState, type Exercise, type Verdict } from "../core";
import { Ahead } from "../runtime/ahead";
import { machineFor } from "../runtime/machine";
import type { Program } from "../runtime/sandbox";
import { play, type RunNotes } from "./play";

/** What is asked of a grade; the same as the options of the native grader. */
export interface Asked {
  cases: number;
  seed: number;
  only: string[];
}

/** How a grade goes on. */
export interface Progress {
  preparing?(text: string): void;
  /** A case is known; `done` of `total` are. */
  known(cases: CaseState[], done: number, total: number): void;
  shrinking?(tried: number): void;
}

/** A grade that is over. */
export interface Graded {
  verdict: Verdict;
  /** The verdict's own bytes: the same as the native grader's. */
  verdictText: string;
  notes: Record<string, RunNotes>;
  ms: number;
}

/** All cases together, in milliseconds. */
const TOTAL = 120_000;

/** Runs all cases. Rejects with an `AbortError` when stopped. */
export async function grade(
  exercise: Exercise,
  program: Program,
  asked: Asked,
  progress: Progress,
  stop: AbortSignal,
): Promise<Graded> {
  const core = await startCore();
  const machine = await machineFor(program.language, (text) => progress.preparing?.(text));
  stop.throwIfAborted();
  const grading = new core.Grading(exercise, asked.cases, asked.seed, asked.only);
  const ahead = new Ahead(machine, program, asked.seed);
  const notes: Record<string, RunNotes> = {};
  const begun = performance.now();
  let shown = 0;
  try {
    for (let job = grading.nextJob(); job; job = grading.nextJob()) {
      const id = job.caseId;
      const said = await play(job, ahead, stop);
      notes[id] ??= said;
      grading.done(job);
      const { done, total, tried } = grading.progress();
      if (tried > 0) progress.shrinking?.(tried);
      // The list of two hundred cases is not sent for every one of them.
      if (done === total || done - shown >= 10 || done < 40) {
        progress.known(grading.states(), done, total);
        shown = done;
      }
      if (performance.now() - begun > TOTAL) grading.expire();
    }
    const ms = performance.now() - begun;
    return { verdict: grading.verdict(), verdictText: grading.verdictText(), notes, ms };
  } finally {
    ahead.close();
    grading.free();
  }
}
