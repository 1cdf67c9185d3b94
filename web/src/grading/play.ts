/**
 * Plays one case with one process, as the native grader does with a child: the
 * session in the core says what to do next, this file has the clock and the pipe.
 */
import { startCore, type Job } from "../core";
import type { Ahead } from "../runtime/ahead";
import type { Running } from "../runtime/sandbox";
import type { Exit } from "../runtime/wire";

/** Milliseconds for answers that were held back until the input ended. */
const DRAIN = 500;
/** Milliseconds for a program's end after its last answer. */
const GRACE = 200;

/** What only the page knows of a case. */
export interface RunNotes {
  /** From the first line sent to the end of the case. */
  ms: number;
  /** How the program ended, if it did so by itself. */
  exit?: Exit;
  /** The end of its standard error. */
  stderr: string;
}

/** How much of standard error is kept. */
const TAIL = 64 * 1024;

/** Plays a job to its end. `stop` ends it at once. */
export async function play(job: Job, ahead: Ahead, stop: AbortSignal): Promise<RunNotes> {
  const inbox = new Inbox();
  const decoder = new TextDecoder();
  const notes: RunNotes = { ms: 0, stderr: "" };
  const running = ahead.take({
    ready: () => inbox.put({ what: "ready" }),
    out: (bytes) => inbox.put({ what: "out", bytes }),
    err: (bytes) => (notes.stderr = (notes.stderr + decoder.decode(bytes, { stream: true })).slice(-TAIL)),
    exit: (exit) => inbox.put({ what: "exit", exit }),
    failed: (reason) => inbox.put({ what: "failed", reason }),
  });
  stop.addEventListener("abort", () => inbox.put({ what: "stopped" }), { once: true });
  const started = await inbox.next(Infinity);
  // A program may speak before its first input; the session hears it all the same.
  if (started && started.what !== "ready") inbox.back(started);
  try {
    await converse(job, running, inbox, notes);
  } finally {
    running.kill();
  }
  return notes;
}

async function converse(job: Job, running: Running, inbox: Inbox, notes: RunNotes): Promise<void> {
  const { What } = await startCore();
  let first: number | undefined;
  let until = Infinity;
  let ending = false;
  for (;;) {
    const next = job.poll();
    const { what } = next;
    const text = what === What.Send ? next.text : "";
    next.free();
    if (what === What.Send) {
      first ??= performance.now();
      until = first + job.timeoutMs;
      running.send(text);
      continue;
    }
    if (what === What.Close) {
      running.end();
      continue;
    }
    if (what === What.Done) {
      notes.ms = first === undefined ? 0 : performance.now() - first;
      return;
    }
    if (what !== What.AwaitReply && !ending) {
      until = performance.now() + (what === What.AwaitRest ? DRAIN : GRACE);
      ending = true;
    }
    const heard = await inbox.next(until);
    if (!heard) job.timedOut();
    else if (heard.what === "out") job.output(heard.bytes);
    else if (heard.what === "exit") {
      notes.exit = heard.exit;
      if (heard.exit.outOfMemory) job.outOfMemory();
      else job.exited();
    } else if (heard.what === "failed") job.notStarted(heard.reason);
    else if (heard.what === "stopped") throw new DOMException("stopped", "AbortError");
  }
}

type Heard =
  | { what: "ready" }
  | { what: "out"; bytes: Uint8Array<ArrayBuffer> }
  | { what: "exit"; exit: Exit }
  | { what: "failed"; reason: string }
  | { what: "stopped" };

/** What was heard and not yet taken, with one taker. */
class Inbox {
  #heard: Heard[] = [];
  #wake: (() => void) | undefined;

  put(heard: Heard): void {
    this.#heard.push(heard);
    this.#wake?.();
  }

  back(heard: Heard): void {
    this.#heard.unshift(heard);
  }

  /** The next one, or nothing by `until` (as `performance.now()` counts). */
  async next(until: number): Promise<Heard | undefined> {
    for (;;) {
      const next = this.#heard.shift();
      if (next && !(next.what === "ready" && until !== Infinity)) return next;
      if (next) continue;
      const left = until - performance.now();
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = left === Infinity ? undefined : setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
  }
}
