/**
 * The event loop as a process has it: it ends when nothing can happen any
 * more. Timers and a read standard input keep it alive.
 */
import { Ended } from "../worker";

type Task = (...args: unknown[]) => void;

const real = {
  setTimeout: self.setTimeout.bind(self) as (task: () => void, ms?: number) => number,
  clearTimeout: self.clearTimeout.bind(self),
};

/** Counts what is still to come, and ends the program once. */
export class Loop {
  #alive = new Set<number>();
  #handles = 0;
  #main = true;
  #over = false;
  #next = 1;
  /** Called before the end, with the code: `process.on("exit")`. */
  beforeExit: (code: number) => void = () => {};
  /** `process.exitCode`. */
  exitCode = 0;

  constructor(private readonly ended: (code: number, error?: unknown) => void) {}

  /** Runs the main module: the loop does not end before it has been evaluated. */
  async enter(main: Promise<unknown>): Promise<void> {
    await main;
    this.#main = false;
    this.settle();
  }

  /** Something may happen later. */
  hold(): void {
    this.#handles++;
  }

  /** It cannot any more. */
  release(): void {
    this.#handles--;
    this.settle();
  }

  /** Ends the program if nothing is left to happen. */
  settle(): void {
    if (this.#over || this.#main) return;
    // Promises that are ready run first: two turns of the real loop.
    real.setTimeout(() => {
      if (!this.#over && !this.#main && this.#alive.size === 0 && this.#handles === 0) this.#end(this.exitCode);
    }, 0);
  }

  /** `process.exit`. */
  exit(code: number): never {
    this.#end(code);
    throw new Ended(code);
  }

  /** An error that nobody caught. */
  fail(error: unknown): void {
    if (error instanceof Ended) return;
    if (this.#over) return;
    this.#over = true;
    this.ended(1, error ?? new Error("undefined was thrown"));
  }

  /** Whether the program has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Runs a callback of the program. */
  call(task: () => void): void {
    if (this.#over) return;
    try {
      task();
    } catch (error) {
      this.fail(error);
    }
  }

  #end(code: number): void {
    if (this.#over) return;
    try {
      this.beforeExit(code);
    } catch (error) {
      if (!(error instanceof Ended)) return this.fail(error);
    }
    this.#over = true;
    this.ended(code);
  }

  #timer(task: Task, ms: number, again: boolean, args: unknown[]): number {
    const id = this.#next++;
    this.#alive.add(id);
    const turn = () => {
      if (!this.#alive.has(id) || this.#over) return;
      if (again) real.setTimeout(turn, ms);
      else this.#alive.delete(id);
      this.call(() => task(...args));
      this.settle();
    };
    real.setTimeout(turn, ms);
    return id;
  }

  #handle(id: number) {
    const alive = this.#alive;
    const settle = () => this.settle();
    return {
      ref() {
        return this;
      },
      unref() {
        alive.delete(id);
        settle();
        return this;
      },
      hasRef: () => alive.has(id),
      [Symbol.toPrimitive]: () => id,
    };
  }

  setTimeout = (task: Task, ms = 0, ...args: unknown[]) => this.#handle(this.#timer(task, ms, false, args));
  setInterval = (task: Task, ms = 0, ...args: unknown[]) => this.#handle(this.#timer(task, ms, true, args));
  setImmediate = (task: Task, ...args: unknown[]) => this.#handle(this.#timer(task, 0, false, args));
  clearTimeout = (handle: unknown): void => {
    if (handle === undefined || handle === null) return;
    this.#alive.delete(Number(handle));
    this.settle();
  };
  clearInterval = this.clearTimeout;
  clearImmediate = this.clearTimeout;
}
