// A conversation by hand: one message, then what the program and the reference answer to it.
import { startCore } from "../core";
import { machineFor } from "../runtime/machine";
import type { Program, Running } from "../runtime/sandbox";

interface Exchange {
  line: string;
  mine: string[];
  reference: string[];
  differs: boolean;
}

/** Milliseconds to wait for an answer. */
const PATIENCE = 5000;
/** Milliseconds of silence after which an answer is taken as whole. */
const QUIET = 60;

export class Conversation {
  sent = $state<Exchange[]>([]);
  busy = $state(false);
  waiting = $state(-1);
  said = $state("");
  stderr = $state("");
  #running: Running | undefined;
  #started: Program | undefined;
  #output = "";
  #heard: () => void = () => {};
  #over = false;

  /** Sends a message; the program is started, or started anew when it has changed. */
  async send(program: Program, line: string): Promise<void> {
    this.busy = true;
    try {
      if (!this.#running || !same(this.#started, program)) {
        await this.#start(program);
        for (let i = 0; i < this.sent.length; i++) await this.#ask(i);
      }
      this.sent.push({ line, mine: [], reference: [], differs: false });
      await this.#ask(this.sent.length - 1);
      await this.#compare();
    } finally {
      this.busy = false;
      this.waiting = -1;
    }
  }

  /** The same messages to the program as it is now. */
  async again(program: Program): Promise<void> {
    this.busy = true;
    try {
      await this.#start(program);
      for (let i = 0; i < this.sent.length; i++) await this.#ask(i);
      await this.#compare();
    } finally {
      this.busy = false;
      this.waiting = -1;
    }
  }

  /** Takes the last message back: the program forgets everything and hears the others again. */
  back(): void {
    this.sent.pop();
    this.stop();
  }

  reset(): void {
    this.stop();
    this.sent = [];
    this.said = "";
    this.stderr = "";
  }

  stop(): void {
    this.#running?.kill();
    this.#running = undefined;
  }

  async #start(program: Program): Promise<void> {
    this.stop();
    this.#output = "";
    this.stderr = "";
    this.#over = false;
    const machine = await machineFor(program.language, (text) => (this.said = text));
    if (!machine.interactive)
      throw new Error("This page is not isolated: a program cannot be sent one message at a time here.");
    const decoder = new TextDecoder();
    const logs = new TextDecoder();
    await new Promise<void>((ready, fail) => {
      this.#running = machine.start(
        program,
        {
          ready,
          out: (bytes) => ((this.#output += decoder.decode(bytes, { stream: true })), this.#heard()),
          err: (bytes) => (this.stderr = (this.stderr + logs.decode(bytes, { stream: true })).slice(-65536)),
          exit: ({ code }) => {
            this.#over = true;
            this.said = `The program ended with exit code ${code}.`;
            ready();
            this.#heard();
          },
          failed: (reason) => fail(new Error(reason)),
        },
        1,
      );
    });
    if (!this.#over) this.said = "";
    this.#started = program;
  }

  /** Sends message `i` and waits for what comes. */
  async #ask(i: number): Promise<void> {
    this.waiting = i;
    const exchange = this.sent[i]!;
    exchange.mine = [];
    this.#output = "";
    if (!this.#over) this.#running?.send(`${exchange.line}\n`);
    const until = performance.now() + PATIENCE;
    while (!this.#over && performance.now() < until) {
      const whole = this.#output.endsWith("\n");
      await this.#quiet(whole ? QUIET : until - performance.now());
      if (whole && this.#output.endsWith("\n")) break;
    }
    exchange.mine = this.#output.split("\n").filter((line) => line.trim() !== "");
    this.#output = "";
  }

  /** Resolves when something is heard, or after so long. */
  #quiet(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#heard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** What the reference answers to the same messages, and where the program's answers differ. */
  async #compare(): Promise<void> {
    const core = await startCore();
    const run = new core.Run(this.sent.flatMap(({ line, mine }) => [line, ...mine]).join("\n"));
    try {
      for (const [i, exchange] of this.sent.entries()) {
        const scene = run.scene(i + 1, {});
        exchange.reference = scene.reply_lines;
        exchange.differs = scene.actual?.diverges ?? scene.reply_lines.length !== exchange.mine.length;
      }
    } finally {
      run.free();
    }
  }
}

function same(one: Program | undefined, other: Program): boolean {
  return one !== undefined && one.language === other.language && one.source === other.source;
}
