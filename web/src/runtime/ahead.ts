/**
 * Processes started ahead: every case runs in a fresh one, and while one case
 * runs, the next program is already starting.
 */
import type { Machine } from "./machine";
import type { Listener, Program, Running } from "./sandbox";

type Heard = (listener: Listener) => void;

interface Waiting {
  running: Running;
  heard: Heard[];
  listener: Listener | undefined;
}

/** Hands out fresh processes of one program. */
export class Ahead {
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor(
    private readonly machine: Machine,
    private readonly program: Program,
    private readonly seed: number,
    private readonly depth = 2,
  ) {
    this.#fill();
  }

  /** A fresh process; what it has said so far is heard first. */
  take(listener: Listener): Running {
    const next = this.#waiting.shift() ?? this.#start();
    next.listener = listener;
    for (const heard of next.heard.splice(0)) heard(listener);
    this.#fill();
    return next.running;
  }

  /** Ends what was started and not taken. */
  close(): void {
    this.#closed = true;
    for (const { running } of this.#waiting.splice(0)) running.kill();
  }

  #fill(): void {
    while (!this.#closed && this.#waiting.length < this.depth) this.#waiting.push(this.#start());
  }

  #start(): Waiting {
    const waiting = { heard: [], listener: undefined } as unknown as Waiting;
    const pass = (heard: Heard) => (waiting.listener ? heard(waiting.listener) : void waiting.heard.push(heard));
    waiting.running = this.machine.start(
      this.program,
      {
        ready: () => pass((listener) => listener.ready?.()),
        out: (bytes) => pass((listener) => listener.out(bytes)),
        err: (bytes) => pass((listener) => listener.err(bytes)),
        exit: (exit) => pass((listener) => listener.exit(exit)),
        failed: (reason) => pass((listener) => listener.failed(reason)),
      },
      this.seed,
    );
    return waiting;
  }
}
