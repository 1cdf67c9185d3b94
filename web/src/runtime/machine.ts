/**
 * A language's runtime, loaded once and warm: the sandboxed frame, its files,
 * and for Python an image of the memory after start-up, kept in the browser's
 * database, from which a fresh process starts in a fraction of the time.
 */
import { image, keepImage } from "../drafts/store";
import { runtimeFiles } from "./files";
import { Sandbox, type Listener, type Program, type Running } from "./sandbox";
import type { Language, Limits } from "./wire";

/** What is allowed to a program in the page. */
export const LIMITS: Limits = { memory: 512 * 2 ** 20 };

/** Pinned with the package: an image fits one version only. */
const IMAGE = "python-314.0.7";

const machines = new Map<Language, Promise<Machine>>();

/** The machine for a language; starts loading on the first call. */
export function machineFor(language: Language, progress: (text: string) => void): Promise<Machine> {
  let machine = machines.get(language);
  if (!machine) {
    machine = Machine.open(language, progress);
    machine.catch(() => machines.delete(language));
    machines.set(language, machine);
  }
  return machine;
}

/** Starts programs of one language. */
export class Machine {
  private constructor(
    private readonly sandbox: Sandbox,
    readonly language: Language,
    private snapshot: Uint8Array<ArrayBuffer> | undefined,
  ) {}

  static async open(language: Language, progress: (text: string) => void): Promise<Machine> {
    const [sandbox, files] = await Promise.all([Sandbox.open(), runtimeFiles(language, progress)]);
    await sandbox.load(language, files);
    const machine = new Machine(sandbox, language, undefined);
    if (language === "python") {
      progress("starting Python");
      machine.snapshot = await pythonImage(machine);
    }
    return machine;
  }

  /** Whether a program can wait for input in the middle of its work. */
  get interactive(): boolean {
    return this.sandbox.isolated || this.language === "javascript";
  }

  /** Starts a program; without isolation it gets `whole` as its input. */
  start(program: Program, listener: Listener, seed: number, whole?: string): Running {
    return this.sandbox.start(program, LIMITS, seed, listener, { snapshot: this.snapshot, whole });
  }

  /** Starts Python once, for the image of its memory. */
  warm(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return new Promise((resolve) => {
      let made: Uint8Array<ArrayBuffer> | undefined;
      const running = this.sandbox.start(
        { language: this.language, source: "", name: "" },
        LIMITS,
        0,
        {
          ready: () => (running.kill(), resolve(made)),
          out() {},
          err() {},
          exit: () => resolve(undefined),
          failed: () => resolve(undefined),
        },
        { image: (bytes) => (made = bytes) },
      );
    });
  }

  close(): void {
    machines.delete(this.language);
    this.sandbox.close();
  }
}

/** The kept image, or a new one; without one Python starts the plain way. */
async function pythonImage(machine: Machine): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kept = await image(IMAGE).catch(() => undefined);
  if (kept) return kept;
  const made = await machine.warm();
  if (made) void keepImage(IMAGE, made).catch(() => {});
  return made;
}
