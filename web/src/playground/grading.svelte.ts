// A grade in the page as state: what is known so far, and the report when it is over.
import type { CaseState, Exercise } from "../core";
import { grade, type Graded } from "../grading/grade";
import { learner } from "../progress.svelte";
import type { Program } from "../runtime/sandbox";

export class Grading {
  running = $state(false);
  /** What is being prepared or done, in words. */
  doing = $state("");
  cases = $state.raw<CaseState[]>([]);
  done = $state(0);
  total = $state(0);
  graded = $state.raw<Graded | null>(null);
  problem = $state("");
  /** The program that the report is about. */
  program = $state.raw<Program | null>(null);
  #stop: AbortController | undefined;

  constructor(private readonly exercise: Exercise) {}

  async run(program: Program, asked: { cases: number; seed: number; only: string[] }): Promise<void> {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    Object.assign(this, {
      running: true,
      doing: "starting",
      cases: [],
      done: 0,
      total: 0,
      graded: null,
      problem: "",
      program,
    });
    try {
      const graded = await grade(
        this.exercise,
        program,
        asked,
        {
          preparing: (text) => (this.doing = text),
          known: (cases, done, total) => {
            this.doing = "";
            this.cases = cases;
            this.done = done;
            this.total = total;
          },
          shrinking: (tried) => (this.doing = `making the failure small: ${tried} scripts tried`),
        },
        stop.signal,
      );
      this.graded = graded;
      const deciding = graded.verdict.lists.filter((list) => list.decides);
      const sum = (of: (list: (typeof deciding)[number]) => number) =>
        deciding.reduce((all, list) => all + of(list), 0);
      if (asked.only.length === 0)
        learner.graded(
          this.exercise.id,
          sum((l) => l.passed),
          sum((l) => l.total),
        );
    } catch (error) {
      if ((error as Error).name === "AbortError") this.doing = "stopped";
      else this.problem = (error as Error).message ?? String(error);
    } finally {
      if (this.#stop === stop) this.running = false;
    }
  }

  stop(): void {
    this.#stop?.abort();
    this.running = false;
  }
}
