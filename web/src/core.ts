// The one importer of the WebAssembly glue.
import init, * as core from "./generated/wasm/isolab_wasm";

export type * from "./generated/types";
export type { Job, Run } from "./generated/wasm/isolab_wasm";

let ready: Promise<typeof core> | undefined;

/** The core, started once. */
export function startCore(): Promise<typeof core> {
  ready ??= init().then(() => core);
  return ready;
}
