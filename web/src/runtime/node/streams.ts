/** `process.stdin`, `process.stdout` and `readline` over a worker's wires. */
import type { Wires } from "../worker";
import { Buffer, wrap } from "./bytes";
import { EventEmitter } from "./events";
import type { Loop } from "./loop";

const encoder = new TextEncoder();

/** Standard input as a flowing stream. */
export class Input extends EventEmitter {
  readonly fd = 0;
  readonly isTTY = false;
  #decoder: TextDecoder | undefined;
  #flowing = false;
  #held = false;
  #done = false;
  #waiting: (Buffer | string)[] = [];

  constructor(
    private readonly wires: Wires,
    private readonly loop: Loop,
  ) {
    super();
    wires.onPoke(() => this.#turn());
  }

  setEncoding(): this {
    this.#decoder ??= new TextDecoder();
    return this;
  }
  resume(): this {
    this.#flowing = true;
    if (!this.#held && !this.#done) {
      this.#held = true;
      this.loop.hold();
    }
    queueMicrotask(() => this.#turn());
    return this;
  }
  pause(): this {
    this.#flowing = false;
    if (this.#held) {
      this.#held = false;
      this.loop.release();
    }
    return this;
  }
  read(): Buffer | string | null {
    return this.#waiting.shift() ?? null;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  destroy(): this {
    return this.pause();
  }
  pipe<T extends { write(chunk: unknown): unknown }>(to: T): T {
    this.on("data", (chunk: unknown) => to.write(chunk));
    return to;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer | string> {
    const queue: (Buffer | string)[] = [];
    let wake: () => void = () => {};
    let ended = false;
    this.on("data", (chunk: Buffer | string) => (queue.push(chunk), wake()));
    this.on("end", () => ((ended = true), wake()));
    for (;;) {
      while (queue.length > 0) yield queue.shift()!;
      if (ended) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  protected override added(event: string | symbol): void {
    if (event === "data" || event === "readable" || event === "end") this.resume();
  }

  #turn(): void {
    if (!this.#flowing || this.#done || this.loop.over) return;
    for (;;) {
      const bytes = this.wires.stdin.poll();
      if (bytes === null) return this.#finish();
      if (bytes.length === 0) return;
      const chunk = this.#decoder ? this.#decoder.decode(bytes, { stream: true }) : wrap(bytes);
      this.loop.call(() => {
        if (this.listenerCount("readable") > 0) {
          this.#waiting.push(chunk);
          this.emit("readable");
        }
        this.emit("data", chunk);
      });
      if (!this.#flowing) return;
    }
  }

  #finish(): void {
    this.#done = true;
    this.loop.call(() => {
      if (this.listenerCount("readable") > 0) this.emit("readable");
      this.emit("end");
      this.emit("close");
    });
    if (this.#held) {
      this.#held = false;
      this.loop.release();
    }
  }
}

/** Standard output or error: writes are done when the call returns. */
export class Output extends EventEmitter {
  readonly isTTY = false;
  readonly writable = true;

  constructor(
    readonly fd: 1 | 2,
    private readonly put: (bytes: Uint8Array<ArrayBuffer>) => void,
    private readonly loop: Loop,
  ) {
    super();
  }

  write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) {
      throw new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.');
    }
    if (!this.loop.over) this.put(typeof chunk === "string" ? encoder.encode(chunk) : new Uint8Array(chunk));
    const callback = typeof encoding === "function" ? encoding : done;
    if (typeof callback === "function") queueMicrotask(() => this.loop.call(() => callback()));
    return true;
  }
  end(chunk?: unknown): this {
    if (chunk !== undefined) this.write(chunk);
    return this;
  }
  cork(): void {}
  uncork(): void {}
}

/** `readline.Interface`: standard input, line by line. */
export class Lines extends EventEmitter {
  #rest = "";
  #closed = false;
  #decoder = new TextDecoder();
  #questions: ((answer: string) => void)[] = [];

  constructor(
    private readonly input: Input,
    private readonly output: Output | undefined,
  ) {
    super();
    input.on("data", (chunk: Uint8Array | string) => this.#take(chunk));
    input.on("end", () => {
      if (this.#rest !== "") this.#line(this.#rest);
      this.close();
    });
  }

  question(prompt: string, options: unknown, answer?: unknown): void {
    this.output?.write(prompt);
    this.#questions.push((typeof options === "function" ? options : answer) as (answer: string) => void);
  }
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.input.pause();
    this.emit("close");
  }
  pause(): this {
    this.input.pause();
    return this;
  }
  resume(): this {
    this.input.resume();
    return this;
  }
  setPrompt(): void {}
  prompt(): void {}
  write(): void {}

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const queue: string[] = [];
    let wake: () => void = () => {};
    this.on("line", (line: string) => (queue.push(line), wake()));
    this.on("close", () => wake());
    for (;;) {
      while (queue.length > 0) yield queue.shift()!;
      if (this.#closed) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  #take(chunk: Uint8Array | string): void {
    const text = this.#rest + (typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true }));
    const lines = text.split(/\r\n|\n|\r/);
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const question = this.#questions.shift();
    if (question) question(line);
    else this.emit("line", line);
  }
}
