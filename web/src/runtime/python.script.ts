/**
 * Python: Pyodide in a worker, its files handed over as bytes. The program
 * is run as `python3 main.py` would run it behind pipes: block-buffered
 * standard output, a blocking standard input, a traceback and exit code 1
 * for an uncaught exception.
 */
import { boundMemory, serve, type Wires } from "./worker";
import type { Start } from "./wire";

interface Pyodide {
  setStdin(options: { read(buffer: Uint8Array): number; isatty: boolean }): void;
  setStdout(options: { write(buffer: Uint8Array): number; isatty: boolean }): void;
  setStderr(options: { write(buffer: Uint8Array): number; isatty: boolean }): void;
  runPython(code: string, options?: { globals?: unknown }): unknown;
  globals: { set(name: string, value: unknown): void };
  makeMemorySnapshot(): Uint8Array<ArrayBuffer>;
  FS: { writeFile(path: string, data: string): void };
}

const HERE = "https://runtime.invalid/";

serve(async (start, wires) => {
  const memory = boundMemory(start.limits.memory);
  const python = await load(start, wires);
  connect(python, wires);
  if (start.program === "") {
    // Only warming up: import what programs use, then hand the image of the memory back.
    python.runPython(
      "import atexit, collections, bisect, dataclasses, io, json, linecache, random, sys, traceback, types, typing",
    );
    wires.ready(python.makeMemorySnapshot());
    return;
  }
  wires.ready();
  python.globals.set("__isolab", JSON.stringify({ source: start.program, name: start.name, seed: start.seed }));
  const code = python.runPython(RUN) as number;
  wires.exit({ code, ...(memory.hit && { outOfMemory: true }) });
});

/** Starts the interpreter, from a memory image where there is one. */
async function load(start: Start, wires: Wires): Promise<Pyodide> {
  const asset = (name: string) => {
    const bytes = start.assets[name];
    if (!bytes) throw new Error(`the runtime lacks ${name}`);
    return bytes;
  };
  const compiled = start.modules["pyodide.asm.wasm"]!;
  // The files are here already: nothing is fetched, and the module is compiled once for all runs.
  globalThis.fetch = async (input: RequestInfo | URL) => {
    const name = String(input).split("/").pop()!;
    return new Response(name.endsWith(".wasm") ? new Uint8Array(0) : asset(name));
  };
  WebAssembly.instantiateStreaming = async (_source, imports) => ({
    module: compiled,
    instance: await WebAssembly.instantiate(compiled, imports),
  });
  const blob = (name: string) => URL.createObjectURL(new Blob([asset(name)], { type: "text/javascript" }));
  wires.progress("starting Python");
  const { loadPyodide } = (await import(/* @vite-ignore */ blob("pyodide.mjs"))) as {
    loadPyodide(options: Record<string, unknown>): Promise<Pyodide>;
  };
  const { default: createPyodideModule } = (await import(/* @vite-ignore */ blob("pyodide.asm.mjs"))) as {
    default: unknown;
  };
  return loadPyodide({
    indexURL: HERE,
    createPyodideModule,
    lockFileContents: new TextDecoder().decode(asset("pyodide-lock.json")),
    packageBaseUrl: HERE,
    ...(start.snapshot ? { _loadSnapshot: start.snapshot } : { _makeSnapshot: start.program === "" }),
  });
}

function connect(python: Pyodide, wires: Wires): void {
  python.setStdin({
    isatty: false,
    read(buffer) {
      const bytes = wires.stdin.read(buffer.length);
      buffer.set(bytes);
      return bytes.length;
    },
  });
  const to = (write: (bytes: Uint8Array<ArrayBuffer>) => void) => ({
    isatty: false,
    write(buffer: Uint8Array) {
      write(new Uint8Array(buffer));
      return buffer.length;
    },
  });
  python.setStdout(to(wires.out));
  python.setStderr(to(wires.err));
}

/**
 * Runs the program as the main module. Hashing and `random` are seeded anew,
 * because a memory image would repeat them.
 */
const RUN = `
def __isolab_run(given):
    import io, json, linecache, os, random, sys, traceback, types
    given = json.loads(given)
    random.seed(given["seed"])
    name, source = given["name"], given["source"]
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)), encoding="utf-8", errors="strict")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "wb", closefd=False)), encoding="utf-8", errors="strict", line_buffering=False)
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "wb", closefd=False)), encoding="utf-8", errors="backslashreplace", line_buffering=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    sys.argv = [name]
    main = types.ModuleType("__main__")
    main.__file__ = name
    main.__builtins__ = __builtins__
    sys.modules["__main__"] = main
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    code = 0
    def leave(stop):
        if stop.code is None:
            return 0
        if isinstance(stop.code, int):
            return stop.code & 255
        print(stop.code, file=sys.stderr)
        return 1
    def report(error):
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != name:
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace, file=sys.stderr)
        return 1
    try:
        exec(compile(source, name, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as stop:
        code = leave(stop)
    except BaseException as error:
        code = report(error)
    import atexit
    try:
        atexit._run_exitfuncs()
    except BaseException as error:
        report(error)
    try:
        sys.stdout.flush()
    except BaseException as error:
        code = report(error) if code == 0 else code
    return code
__isolab_run(__isolab)
`;
