// Writes dist/sw.js: the worker in sw.js with the list of every file of the build.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Plugin, ResolvedConfig } from "vite";

/** Files of the runtimes that learners' programs need; large, and not needed at first. */
const runtime = /^runtimes\//;

export function serviceWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "isolab:service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle() {
      const dist = path.resolve(config.root, config.build.outDir);
      if (!fs.existsSync(path.join(dist, "index.html"))) return;
      const files = list(dist).filter((file) => file !== "sw.js");
      const template = fs.readFileSync(new URL("./sw.js", import.meta.url), "utf8");
      const shell = files.filter((file) => !runtime.test(file));
      const text = template
        .replace("@VERSION@", versionOf(dist, files, template))
        .replace('"@SHELL@"', JSON.stringify(["./", ...shell]))
        .replace('"@REST@"', JSON.stringify(files.filter((file) => runtime.test(file))));
      fs.writeFileSync(path.join(dist, "sw.js"), text);
    },
  };
}

function list(folder: string, below = ""): string[] {
  return fs
    .readdirSync(path.join(folder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = below ? `${below}/${entry.name}` : entry.name;
      return entry.isDirectory() ? list(folder, name) : [name];
    });
}

function versionOf(dist: string, files: string[], template: string): string {
  const hash = createHash("sha256").update(template);
  for (const file of files) hash.update(file).update(fs.readFileSync(path.join(dist, file)));
  return hash.digest("hex").slice(0, 16);
}
