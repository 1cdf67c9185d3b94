/**
 * What crosses between the page, the sandboxed frame and a program's worker.
 *
 *   page ──MessagePort──► frame (main thread) ──SharedArrayBuffer──► worker
 *     ▲                                                                │
 *     └────────────────────────── MessagePort ◄───────────────────────┘
 *
 * Input for a program that blocks goes through the frame, because only an
 * agent of the frame's own cluster can share memory with the worker; output,
 * and input for a program that listens, take the port.
 */

/** Which runtime a program needs. */
export type Language = "python" | "javascript" | "wasi";

/** Bounds of one run; the page's judge bounds time. */
export interface Limits {
  /** Bytes of linear memory (Python and WASI). */
  memory: number;
}

/** What a worker is started with. */
export interface Start {
  language: Language;
  /** Source text, or the bytes of a WASI module. */
  program: string | Uint8Array<ArrayBuffer>;
  /** File name that tracebacks show. */
  name: string;
  limits: Limits;
  /** Files of the runtime, by name; only those that the language needs. */
  assets: Record<string, Uint8Array<ArrayBuffer>>;
  /** Modules compiled once in the frame, by the name of their file. */
  modules: Record<string, WebAssembly.Module>;
  /** Memory image of a started runtime, if there is one. */
  snapshot?: Uint8Array<ArrayBuffer>;
  /** Seed for what a fresh process would draw at random. */
  seed: number;
  /** Shared input, if it comes through memory. */
  input?: SharedArrayBuffer;
  /** All of the input at once. */
  whole?: string;
}

/** How a program ended. */
export interface Exit {
  /** Exit code, as a process would have. */
  code: number;
  /** It asked for more memory than it may have. */
  outOfMemory?: boolean;
}

/** What a worker says. */
export type FromWorker =
  | { say: "progress"; text: string }
  | { say: "ready"; snapshot?: Uint8Array<ArrayBuffer> }
  | { say: "out"; bytes: Uint8Array<ArrayBuffer> }
  | { say: "err"; bytes: Uint8Array<ArrayBuffer> }
  | { say: "exit"; exit: Exit };

/**
 * How input reaches a program: through memory shared with the frame, for a
 * program that waits in the middle of its work; as messages from the page, for
 * one that listens; or all at once, where nothing can be shared.
 */
export type InputBy = "memory" | "messages" | "whole";

/** A piece of input as a message; `null` is its end. */
export interface InputMessage {
  input: string | null;
}

/** What the page asks of the frame. */
export type ToFrame =
  | { ask: "load"; language: Language; worker: string; assets: Record<string, Uint8Array<ArrayBuffer>> }
  | {
      ask: "start";
      id: number;
      start: Omit<Start, "assets" | "modules" | "input">;
      by: InputBy;
      port: MessagePort;
    }
  | { ask: "input"; id: number; text: string }
  | { ask: "end"; id: number }
  | { ask: "kill"; id: number };

/** What the frame answers. */
export type FromFrame =
  | { say: "open"; isolated: boolean }
  | { say: "loaded"; language: Language }
  | { say: "failed"; id: number; reason: string };

/** Layout of the shared input: a header of three words, then data. */
export const INPUT = {
  /** Word 0: one of EMPTY, FULL, END. */
  STATE: 0,
  /** Word 1: bytes of data. */
  LENGTH: 1,
  EMPTY: 0,
  FULL: 1,
  END: 2,
  HEADER: 16,
  CAPACITY: 1 << 18,
} as const;
