/** What every worker does alike: take its start, speak over its port, end once. */
import { Stdin } from "./stdin";
import type { Exit, FromWorker, InputMessage, Start } from "./wire";

const encoder = new TextEncoder();

/** Thrown to unwind a program that asked to end. */
export class Ended extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** A program's connection to the page. */
export interface Wires {
  stdin: Stdin;
  out(bytes: Uint8Array<ArrayBuffer>): void;
  err(bytes: Uint8Array<ArrayBuffer>): void;
  progress(text: string): void;
  ready(snapshot?: Uint8Array<ArrayBuffer>): void;
  exit(exit: Exit): void;
  /** Calls back when input may have come (JavaScript only). */
  onPoke(callback: () => void): void;
}

/** Waits for the start message, then runs the program. */
export function serve(run: (start: Start, wires: Wires) => Promise<void>): void {
  const scope = self as unknown as { onmessage: ((event: MessageEvent) => void) | null };
  // Kept from here on: the JavaScript runtime hides it from programs.
  const tellFrame = (self.postMessage as (message: unknown) => void).bind(self);
  scope.onmessage = ({ data }: MessageEvent<{ start: Start; port: MessagePort }>) => {
    const { start, port } = data;
    const say = (message: FromWorker) => port.postMessage(message);
    let poke: () => void = () => {};
    const stdin = new Stdin(start.input, start.whole, () => tellFrame("want"));
    // Memory was filled, or input came as a message: either may be what the program listens for.
    scope.onmessage = () => poke();
    port.onmessage = ({ data: { input } }: MessageEvent<InputMessage>) => {
      stdin.push(input === null ? null : encoder.encode(input));
      poke();
    };
    void run(start, {
      stdin,
      out: (bytes) => say({ say: "out", bytes }),
      err: (bytes) => say({ say: "err", bytes }),
      progress: (text) => say({ say: "progress", text }),
      ready: (snapshot) => say({ say: "ready", ...(snapshot && { snapshot }) }),
      exit: (exit) => say({ say: "exit", exit }),
      onPoke: (callback) => (poke = callback),
    });
  };
}

/** Stops programs from growing their memory beyond a bound, and tells whether one tried. */
export function boundMemory(limit: number): { hit: boolean } {
  const state = { hit: false };
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages: number) {
    if (this.buffer.byteLength + pages * 65536 > limit) {
      state.hit = true;
      throw new RangeError("memory limit");
    }
    return grow.call(this, pages);
  };
  return state;
}
