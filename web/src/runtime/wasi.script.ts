/**
 * A WASI program (`wasm32-wasip1`) in a worker: standard streams only, an
 * empty file system, no clock worth timing with, no network.
 */
import { Fd, WASI, WASIProcExit, wasi } from "@bjorn3/browser_wasi_shim";

import { boundMemory, serve, type Wires } from "./worker";
import { withMemoryLimit } from "./wasm-memory";

class Input extends Fd {
  constructor(private readonly wires: Wires) {
    super();
  }
  override fd_read(size: number): { ret: number; data: Uint8Array } {
    return { ret: wasi.ERRNO_SUCCESS, data: this.wires.stdin.read(size) };
  }
  override fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: new wasi.Fdstat(wasi.FILETYPE_UNKNOWN, 0) };
  }
}

class Output extends Fd {
  constructor(private readonly put: (bytes: Uint8Array<ArrayBuffer>) => void) {
    super();
  }
  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    this.put(new Uint8Array(data));
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.byteLength };
  }
  override fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: new wasi.Fdstat(wasi.FILETYPE_UNKNOWN, 0) };
  }
}

serve(async (start, wires) => {
  const memory = boundMemory(start.limits.memory);
  const say = (text: string) => wires.err(new TextEncoder().encode(`${text}\n`));
  let instance: WebAssembly.Instance;
  const host = new WASI([start.name], [], [new Input(wires), new Output(wires.out), new Output(wires.err)]);
  try {
    const bounded = withMemoryLimit(start.program as Uint8Array<ArrayBuffer>, start.limits.memory);
    instance = await WebAssembly.instantiate(await WebAssembly.compile(bounded), {
      wasi_snapshot_preview1: host.wasiImport,
    });
  } catch (error) {
    say(`not a wasm32-wasip1 program: ${(error as Error).message}`);
    wires.exit({ code: 126 });
    return;
  }
  wires.ready();
  try {
    const code = host.start(instance as Parameters<WASI["start"]>[0]);
    wires.exit({ code });
  } catch (error) {
    if (error instanceof WASIProcExit) {
      wires.exit({ code: error.code });
      return;
    }
    say(String(error instanceof Error ? error.message : error));
    const full = (instance.exports.memory as WebAssembly.Memory | undefined)?.buffer.byteLength ?? 0;
    const outOfMemory = memory.hit || full + (1 << 20) > start.limits.memory;
    wires.exit({ code: 134, ...(outOfMemory && { outOfMemory }) });
  }
});
