/** Node's modules and globals that a program on standard streams may use. */
import type { Start } from "../wire";
import type { Wires } from "../worker";
import { Buffer, wrap } from "./bytes";
import { EventEmitter } from "./events";
import { format, inspect } from "./inspect";
import type { Loop } from "./loop";
import { Input, Lines, Output } from "./streams";

const KNOWN = ["assert", "buffer", "events", "fs", "os", "path", "process", "readline", "readline/promises", "util"];

/** What a program finds in its scope. */
export function nodeModules(start: Start, wires: Wires, loop: Loop) {
  const stdin = new Input(wires, loop);
  const stdout = new Output(1, wires.out, loop);
  const stderr = new Output(2, wires.err, loop);
  const process = makeProcess(start, loop, stdin, stdout, stderr);
  const line =
    (to: Output) =>
    (...values: unknown[]) =>
      void to.write(`${format(...values)}\n`);
  const console = {
    log: line(stdout),
    info: line(stdout),
    debug: line(stdout),
    error: line(stderr),
    warn: line(stderr),
    trace: line(stderr),
    dir: (value: unknown) => void stdout.write(`${inspect(value)}\n`),
    assert: (good: unknown, ...values: unknown[]) => {
      if (!good) stderr.write(`Assertion failed${values.length ? `: ${format(...values)}` : ""}\n`);
    },
    time() {},
    timeEnd() {},
    timeLog() {},
    group() {},
    groupEnd() {},
    count() {},
    table: line(stdout),
  };
  const modules: Record<string, unknown> = {
    assert: makeAssert(),
    buffer: { Buffer },
    events: Object.assign(EventEmitter, { EventEmitter, once: onceOf }),
    fs: makeFs(wires, stdout, stderr),
    os: { EOL: "\n", platform: () => "isolab", cpus: () => [{}] },
    path: {
      basename: (path: string) => path.split("/").pop(),
      join: (...parts: string[]) => parts.join("/"),
      sep: "/",
    },
    process,
    readline: {
      createInterface: (options: { output?: Output } | Input) =>
        new Lines(stdin, options instanceof Input ? undefined : options.output),
      clearLine() {},
      cursorTo() {},
    },
    "readline/promises": {
      createInterface: (options: { output?: Output }) => {
        const lines = new Lines(stdin, options.output);
        const ask = lines.question.bind(lines);
        return Object.assign(lines, {
          question: (prompt: string) => new Promise((answer) => ask(prompt, answer)),
        });
      },
    },
    util: {
      format,
      inspect,
      promisify:
        (call: (...args: unknown[]) => void) =>
        (...args: unknown[]) =>
          new Promise((resolve, reject) =>
            call(...args, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value))),
          ),
      TextDecoder,
      TextEncoder,
      isDeepStrictEqual: same,
    },
  };
  const require = (name: string): unknown => {
    const found = modules[String(name).replace(/^node:/, "")];
    if (found !== undefined) return found;
    throw Object.assign(new Error(`Cannot find module '${name}': in the page a program has ${KNOWN.join(", ")}`), {
      code: "MODULE_NOT_FOUND",
    });
  };
  return { require, process, console, Buffer };
}

function makeProcess(start: Start, loop: Loop, stdin: Input, stdout: Output, stderr: Output) {
  const events = new EventEmitter();
  loop.beforeExit = (code) => void events.emit("exit", code);
  const begun = performance.now();
  const hrtime = Object.assign(
    () => {
      const ms = performance.now() - begun;
      return [Math.floor(ms / 1000), Math.floor((ms % 1000) * 1e6)];
    },
    { bigint: () => BigInt(Math.floor((performance.now() - begun) * 1e6)) },
  );
  return Object.assign(events, {
    stdin,
    stdout,
    stderr,
    hrtime,
    argv: ["node", start.name],
    argv0: "node",
    env: {},
    pid: 1,
    platform: "isolab",
    version: "v20.0.0",
    versions: { node: "20.0.0" },
    title: "node",
    execArgv: [],
    cwd: () => "/",
    uptime: () => (performance.now() - begun) / 1000,
    memoryUsage: () => ({ heapUsed: 0, heapTotal: 0, rss: 0, external: 0 }),
    nextTick: (task: (...args: unknown[]) => void, ...args: unknown[]) =>
      queueMicrotask(() => loop.call(() => task(...args))),
    exit: (code?: number) => loop.exit(code ?? loop.exitCode),
    abort: () => loop.exit(134),
    emitWarning: (text: unknown) => void stderr.write(`(node:1) Warning: ${String(text)}\n`),
    get exitCode() {
      return loop.exitCode;
    },
    set exitCode(code: number) {
      loop.exitCode = code;
    },
  });
}

function makeFs(wires: Wires, stdout: Output, stderr: Output) {
  const refuse = (path: unknown): never => {
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${String(path)}'`), {
      code: "ENOENT",
    });
  };
  const output = (fd: unknown) =>
    fd === 1 || fd === "/dev/stdout" ? stdout : fd === 2 || fd === "/dev/stderr" ? stderr : refuse(fd);
  return {
    readFileSync(path: unknown, options?: unknown) {
      if (path !== 0 && path !== "/dev/stdin") refuse(path);
      const bytes = wrap(wires.stdin.readAll());
      return typeof options === "string" || (options as { encoding?: string } | undefined)?.encoding
        ? bytes.toString()
        : bytes;
    },
    readSync(
      fd: number,
      buffer: Uint8Array,
      offset: number | { offset?: number; length?: number } = 0,
      length?: number,
    ) {
      if (fd !== 0) refuse(fd);
      const from = typeof offset === "object" ? (offset.offset ?? 0) : offset;
      const most = (typeof offset === "object" ? offset.length : length) ?? buffer.length - from;
      const bytes = wires.stdin.read(most);
      buffer.set(bytes, from);
      return bytes.length;
    },
    writeSync(fd: unknown, data: string | Uint8Array) {
      output(fd).write(data);
      return typeof data === "string" ? Buffer.byteLength(data) : data.length;
    },
    writeFileSync: (path: unknown, data: string | Uint8Array) => void output(path).write(data),
    appendFileSync: (path: unknown, data: string | Uint8Array) => void output(path).write(data),
    fsyncSync() {},
    existsSync: (path: unknown) => path === "/dev/stdin" || path === "/dev/stdout",
  };
}

function makeAssert() {
  const fail = (message: unknown, fallback: string): never => {
    throw message instanceof Error
      ? message
      : Object.assign(new Error(String(message ?? fallback)), { name: "AssertionError" });
  };
  const ok = (value: unknown, message?: unknown) =>
    void (value || fail(message, "The expression evaluated to a falsy value"));
  const equal = (a: unknown, b: unknown, message?: unknown) =>
    void (Object.is(a, b) || fail(message, `${inspect(a)} is not ${inspect(b)}`));
  const deepEqual = (a: unknown, b: unknown, message?: unknown) =>
    void (same(a, b) || fail(message, `${inspect(a)} is not ${inspect(b)}`));
  return Object.assign(ok, { ok, equal, strictEqual: equal, deepEqual, deepStrictEqual: deepEqual });
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => same((a as never)[key], (b as never)[key]));
}

function onceOf(emitter: EventEmitter, event: string): Promise<unknown[]> {
  return new Promise((resolve) => emitter.once(event, (...args: unknown[]) => resolve(args)));
}
