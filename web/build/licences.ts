// Writes licences.txt: the licence of every package whose code or files the build contains.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Plugin } from "vite";

/** Shipped as files, so that no import names them. */
const shippedWhole = ["pyodide"];

/** For packages that bring no text: what their licence asks us to say. */
const whereToRead: Record<string, string> = {
  "MPL-2.0":
    "This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL " +
    "was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.\n",
};

export function licences(): Plugin {
  const require = createRequire(import.meta.url);
  let root: string;
  return {
    name: "isolab:licences",
    apply: "build",
    configResolved(config) {
      root = config.root;
    },
    generateBundle(_, bundle) {
      const folders = new Set(shippedWhole.map((name) => path.dirname(require.resolve(`${name}/package.json`))));
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        for (const id of Object.keys(file.modules)) {
          const folder = packageFolder(id);
          if (folder) folders.add(folder);
        }
      }
      const packages = [...folders].map(describe).sort((a, b) => (a.name < b.name ? -1 : 1));
      const fonts = path.join(root, "src/fonts");
      const texts = fs.readdirSync(fonts).filter((name) => name.endsWith("-LICENSE.txt"));
      const parts = [
        ...texts.sort().map((name) => `${name.replace("-LICENSE.txt", "")} (fonts)\n\n${read(fonts, name)}`),
        ...packages.map(({ name, licence, text }) => `${name} (${licence})\n\n${text}`),
      ];
      this.emitFile({ type: "asset", fileName: "NOTICE.txt", source: read(root, "../NOTICE") });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: parts.join(`\n${"-".repeat(78)}\n\n`) });
    },
  };
}

/** The folder of the package that a module belongs to; undefined for our own modules. */
function packageFolder(id: string): string | undefined {
  const match = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
  return match?.[1];
}

function describe(folder: string): { name: string; licence: string; text: string } {
  const { name, license } = JSON.parse(read(folder, "package.json")) as { name: string; license: string };
  const file = fs.readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(-mit)?(\.|$)/i.test(entry));
  if (file) return { name, licence: license, text: read(folder, file) };
  const where = whereToRead[license];
  if (!where) throw new Error(`${name} brings no text of its licence (${license}): say in whereToRead where it is`);
  return { name, licence: license, text: where };
}

function read(folder: string, name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}
