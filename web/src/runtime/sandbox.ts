/**
 * Programs of a learner, each in a worker inside one sandboxed frame: no
 * network, no storage, no access to the page. The page sees bytes come out
 * and a program end, as the native grader does with a process.
 */
import boot from "./frame.script?script";
import type { Exit, FromFrame, FromWorker, InputBy, InputMessage, Language, Limits, ToFrame } from "./wire";

/** What a program is started with. */
export interface Program {
  language: Language;
  source: string | Uint8Array<ArrayBuffer>;
  name: string;
}

/** What a run tells. Bytes come as the program wrote them. */
export interface Listener {
  progress?(text: string): void;
  ready?(): void;
  out(bytes: Uint8Array<ArrayBuffer>): void;
  err(bytes: Uint8Array<ArrayBuffer>): void;
  /** It ended by itself. */
  exit(exit: Exit): void;
  /** It could not be started. */
  failed(reason: string): void;
}

/** A running program. */
export interface Running {
  send(text: string): void;
  end(): void;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

/** The files of a runtime, fetched from our own origin. */
export interface RuntimeFiles {
  worker: string;
  assets: Record<string, Uint8Array<ArrayBuffer>>;
}

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'";

/** One sandboxed frame and the programs in it. */
export class Sandbox {
  readonly #frame: HTMLIFrameElement;
  readonly #port: MessagePort;
  readonly #loaded = new Map<Language, () => void>();
  readonly #failed = new Map<number, (reason: string) => void>();
  #next = 1;

  private constructor(
    frame: HTMLIFrameElement,
    port: MessagePort,
    /** Whether a program can wait for input in the middle of its work. */
    readonly isolated: boolean,
  ) {
    this.#frame = frame;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromFrame>) => {
      if (data.say === "loaded") this.#loaded.get(data.language)?.();
      if (data.say === "failed") this.#failed.get(data.id)?.(data.reason);
    };
  }

  /** Opens a frame. */
  static open(): Promise<Sandbox> {
    return new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts");
      frame.setAttribute("allow", "cross-origin-isolated");
      frame.title = "programs under test";
      frame.hidden = true;
      frame.srcdoc = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>${boot}</script>`;
      const { port1, port2 } = new MessageChannel();
      frame.onload = () => frame.contentWindow!.postMessage("open", "*", [port2]);
      port1.onmessage = ({ data }: MessageEvent<FromFrame>) => {
        if (data.say === "open") resolve(new Sandbox(frame, port1, data.isolated));
      };
      document.body.append(frame);
    });
  }

  /** Hands the frame a runtime; once for each language. */
  load(language: Language, files: RuntimeFiles): Promise<void> {
    return new Promise((resolve) => {
      this.#loaded.set(language, resolve);
      this.#ask({ ask: "load", language, worker: files.worker, assets: files.assets });
    });
  }

  /** Starts a program. Without isolation, `whole` is all the input it will get. */
  start(
    program: Program,
    limits: Limits,
    seed: number,
    listener: Listener,
    options: {
      snapshot?: Uint8Array<ArrayBuffer> | undefined;
      whole?: string | undefined;
      image?: (snapshot: Uint8Array<ArrayBuffer>) => void;
    } = {},
  ): Running {
    const id = this.#next++;
    const { port1, port2 } = new MessageChannel();
    let over = false;
    const finish = () => {
      over = true;
      port1.close();
      this.#failed.delete(id);
      this.#ask({ ask: "kill", id });
    };
    this.#failed.set(id, (reason) => {
      if (over) return;
      finish();
      listener.failed(reason);
    });
    port1.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (over) return;
      switch (data.say) {
        case "progress":
          return listener.progress?.(data.text);
        case "ready":
          if (data.snapshot) options.image?.(data.snapshot);
          return listener.ready?.();
        case "out":
          return listener.out(data.bytes);
        case "err":
          return listener.err(data.bytes);
        case "exit":
          finish();
          return listener.exit(data.exit);
      }
    };
    const { language, source, name } = program;
    const start = {
      language,
      program: source,
      name,
      limits,
      seed,
      ...(options.snapshot && { snapshot: options.snapshot }),
      ...(options.whole !== undefined && { whole: options.whole }),
    };
    const by = options.whole !== undefined ? "whole" : inputBy(program);
    this.#port.postMessage({ ask: "start", id, start, by, port: port2 } satisfies ToFrame, [port2]);
    const input = (text: string | null): void => {
      if (over) return;
      if (by === "messages") port1.postMessage({ input: text } satisfies InputMessage);
      else this.#ask(text === null ? { ask: "end", id } : { ask: "input", id, text });
    };
    return {
      send: input,
      end: () => input(null),
      kill: () => {
        if (!over) finish();
      },
    };
  }

  /** Removes the frame with everything in it. */
  close(): void {
    this.#port.close();
    this.#frame.remove();
  }

  #ask(message: ToFrame): void {
    this.#port.postMessage(message);
  }
}

/** JavaScript listens, unless it names one of Node's blocking reads; the others block. */
function inputBy({ language, source }: Program): InputBy {
  return language === "javascript" && !/\bread(?:File)?Sync\b/.test(source as string) ? "messages" : "memory";
}
