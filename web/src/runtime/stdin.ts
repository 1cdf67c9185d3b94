/**
 * A program's end of the shared input: blocks until the page has sent
 * something, as a read from a pipe does.
 */
import { INPUT } from "./wire";

/** Reads standard input, blocking. */
export class Stdin {
  readonly #words?: Int32Array<ArrayBufferLike>;
  readonly #data?: Uint8Array<ArrayBufferLike>;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #ended = false;

  constructor(
    input: SharedArrayBuffer | undefined,
    whole: string | undefined,
    /** Tells the frame that the program waits. */
    private readonly want: () => void,
  ) {
    if (input) {
      this.#words = new Int32Array(input, 0, INPUT.HEADER / 4);
      this.#data = new Uint8Array(input, INPUT.HEADER);
    } else {
      this.#rest = new TextEncoder().encode(whole ?? "");
      this.#ended = whole !== undefined;
    }
  }

  /** The next bytes, at most `most`; empty at the end of input. */
  read(most: number): Uint8Array<ArrayBuffer> {
    if (this.#rest.length === 0 && !this.#ended) this.#fill();
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Everything up to the end of input. */
  readAll(): Uint8Array<ArrayBuffer> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (;;) {
      const part = this.read(1 << 20);
      if (part.length === 0) break;
      parts.push(part);
      length += part.length;
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** What has arrived, without waiting; `null` at the end of input. */
  poll(): Uint8Array<ArrayBuffer> | null {
    if (this.#rest.length === 0 && !this.#ended) this.#take();
    const taken = this.#rest;
    this.#rest = new Uint8Array(0);
    return taken.length === 0 && this.#ended ? null : taken;
  }

  /** Takes a piece that came as a message, where no memory is shared. */
  push(bytes: Uint8Array<ArrayBuffer> | null): void {
    if (bytes === null) this.#ended = true;
    else {
      const both = new Uint8Array(this.#rest.length + bytes.length);
      both.set(this.#rest);
      both.set(bytes, this.#rest.length);
      this.#rest = both;
    }
  }

  #fill(): void {
    if (!this.#words) {
      throw new Error("this page cannot wait for input in the middle of a program: open it where it is isolated");
    }
    while (!this.#take()) {
      this.want();
      Atomics.wait(this.#words, INPUT.STATE, INPUT.EMPTY);
    }
  }

  /** Takes what the frame has put into the shared memory; whether there was anything. */
  #take(): boolean {
    const words = this.#words;
    if (!words) return false;
    const state = Atomics.load(words, INPUT.STATE);
    if (state === INPUT.EMPTY) return false;
    if (state === INPUT.END) {
      this.#ended = true;
      return true;
    }
    const length = Atomics.load(words, INPUT.LENGTH);
    this.#rest = new Uint8Array(length);
    this.#rest.set(this.#data!.subarray(0, length));
    Atomics.store(words, INPUT.STATE, INPUT.EMPTY);
    this.want();
    return true;
  }
}
