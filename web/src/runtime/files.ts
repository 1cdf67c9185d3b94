/** The files of each runtime, fetched from our own origin on first use. */
import javascript from "./javascript.script?script";
import python from "./python.script?script";
import type { RuntimeFiles } from "./sandbox";
import wasi from "./wasi.script?script";
import type { Language } from "./wire";

const PYTHON = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];

/** Fetches what a language needs; `progress` hears how much has come. */
export async function runtimeFiles(language: Language, progress: (text: string) => void): Promise<RuntimeFiles> {
  if (language === "javascript") return { worker: javascript, assets: {} };
  if (language === "wasi") return { worker: wasi, assets: {} };
  let done = 0;
  const assets = await Promise.all(
    PYTHON.map(async (name) => {
      const url = new URL(`runtimes/python/${name}`, document.baseURI);
      const response = await fetch(url);
      if (!response.ok) throw new Error(`Python could not be loaded: ${url.pathname} answered ${response.status}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      progress(`loading Python: ${++done} of ${PYTHON.length} files`);
      return [name, bytes] as const;
    }),
  );
  return { worker: python, assets: Object.fromEntries(assets) };
}
