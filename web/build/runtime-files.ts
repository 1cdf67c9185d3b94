// The files of the runtimes for learners' programs, from their packages to runtimes/ in the build.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Plugin } from "vite";

const pyodide = path.dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));

/** Path below the site → file of a package. */
const files: Record<string, string> = Object.fromEntries(
  ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"].map((name) => [
    `runtimes/python/${name}`,
    path.join(pyodide, name),
  ]),
);

export function runtimeFiles(): Plugin {
  return {
    name: "isolab:runtime-files",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = files[(request.url ?? "").split("?")[0]!.slice(1)];
        if (!file) return next();
        response.setHeader("Content-Type", file.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        fs.createReadStream(file).pipe(response);
      });
    },
    generateBundle() {
      for (const [fileName, file] of Object.entries(files)) {
        this.emitFile({ type: "asset", fileName, source: fs.readFileSync(file) });
      }
    },
  };
}
