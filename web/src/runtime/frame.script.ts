/**
 * Runs inside the sandboxed frame: starts workers, shares memory with them
 * and pumps input. Has no network, no storage and no way into the page.
 */
import { INPUT, type FromFrame, type Language, type ToFrame } from "./wire";

interface Runtime {
  url: string;
  assets: Record<string, Uint8Array<ArrayBuffer>>;
  modules: Record<string, WebAssembly.Module>;
}

interface Run {
  worker: Worker;
  /** An event loop has to be told that input came; a blocked read is woken. */
  poke: boolean;
  words: Int32Array<SharedArrayBuffer> | undefined;
  data: Uint8Array<SharedArrayBuffer> | undefined;
  queue: Uint8Array[];
  ended: boolean;
}

const runtimes = new Map<Language, Runtime>();
const runs = new Map<number, Run>();
const encoder = new TextEncoder();
const isolated = typeof SharedArrayBuffer === "function" && self.crossOriginIsolated;

addEventListener("message", function hello(event: MessageEvent) {
  const port = event.ports[0];
  if (event.source !== parent || !port) return;
  removeEventListener("message", hello);
  const say = (message: FromFrame) => port.postMessage(message);
  port.onmessage = (message: MessageEvent<ToFrame>) => void answer(message.data, say);
  say({ say: "open", isolated });
});

async function answer(message: ToFrame, say: (message: FromFrame) => void): Promise<void> {
  switch (message.ask) {
    case "load": {
      const modules: Record<string, WebAssembly.Module> = {};
      const assets: Record<string, Uint8Array<ArrayBuffer>> = {};
      for (const [name, bytes] of Object.entries(message.assets)) {
        if (name.endsWith(".wasm")) modules[name] = await WebAssembly.compile(bytes);
        else assets[name] = bytes;
      }
      const url = URL.createObjectURL(new Blob([message.worker], { type: "text/javascript" }));
      runtimes.set(message.language, { url, assets, modules });
      say({ say: "loaded", language: message.language });
      return;
    }
    case "start":
      return start(message, say);
    case "input":
      runs.get(message.id)?.queue.push(encoder.encode(message.text));
      return pump(message.id);
    case "end": {
      const run = runs.get(message.id);
      if (run) run.ended = true;
      return pump(message.id);
    }
    case "kill":
      runs.get(message.id)?.worker.terminate();
      runs.delete(message.id);
  }
}

function start(message: Extract<ToFrame, { ask: "start" }>, say: (message: FromFrame) => void): void {
  const runtime = runtimes.get(message.start.language);
  if (!runtime) {
    say({ say: "failed", id: message.id, reason: `the runtime for ${message.start.language} is not loaded` });
    return;
  }
  const worker = new Worker(runtime.url);
  const input = isolated && message.by === "memory" ? new SharedArrayBuffer(INPUT.HEADER + INPUT.CAPACITY) : undefined;
  runs.set(message.id, {
    worker,
    poke: message.start.language === "javascript",
    words: input && new Int32Array(input, 0, INPUT.HEADER / 4),
    data: input && new Uint8Array(input, INPUT.HEADER),
    queue: [],
    ended: false,
  });
  worker.onmessage = () => pump(message.id);
  worker.onerror = (event) => {
    event.preventDefault();
    say({ say: "failed", id: message.id, reason: event.message || "the worker could not start" });
  };
  worker.postMessage(
    {
      start: { ...message.start, assets: runtime.assets, modules: runtime.modules, input },
      port: message.port,
    },
    [message.port],
  );
}

/** Hands the worker the next piece of input, if it has taken the last one. */
function pump(id: number): void {
  const run = runs.get(id);
  if (!run?.words || !run.data) return;
  if (Atomics.load(run.words, INPUT.STATE) !== INPUT.EMPTY) return;
  if (run.queue.length === 0) {
    if (!run.ended) return;
    return deliver(run, run.words, INPUT.END);
  }
  let length = 0;
  while (run.queue.length > 0 && length < INPUT.CAPACITY) {
    const next = run.queue[0]!;
    const piece = next.subarray(0, INPUT.CAPACITY - length);
    run.data.set(piece, length);
    length += piece.length;
    if (piece.length === next.length) run.queue.shift();
    else run.queue[0] = next.subarray(piece.length);
  }
  Atomics.store(run.words, INPUT.LENGTH, length);
  deliver(run, run.words, INPUT.FULL);
}

function deliver(run: Run, words: Int32Array<SharedArrayBuffer>, state: number): void {
  Atomics.store(words, INPUT.STATE, state);
  Atomics.notify(words, INPUT.STATE);
  if (run.poke) run.worker.postMessage({ poke: true });
}
