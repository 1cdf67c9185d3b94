import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { serviceWorker } from "./service-worker";

function built(files: Record<string, string>): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "isolab-"));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, "dist", name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  const plugin = serviceWorker() as unknown as {
    configResolved(config: unknown): void;
    closeBundle(): void;
  };
  plugin.configResolved({ root, build: { outDir: "dist" } });
  plugin.closeBundle();
  const text = fs.readFileSync(path.join(root, "dist", "sw.js"), "utf8");
  fs.rmSync(root, { recursive: true });
  return text;
}

const files = { "index.html": "a", "assets/x.js": "b", "runtimes/p/py.wasm": "c" };

test("every file is kept, the runtimes after the rest", () => {
  const text = built(files);
  expect(text).toContain('const shell = ["./","assets/x.js","index.html"];');
  expect(text).toContain('const rest = ["runtimes/p/py.wasm"];');
  expect(text).not.toMatch(/@[A-Z]+@/);
});

test("the version changes with any byte and with nothing else", () => {
  const version = (text: string) => /version = "([0-9a-f]{16})"/.exec(text)?.[1];
  expect(version(built(files))).toBe(version(built(files)));
  expect(version(built({ ...files, "index.html": "b" }))).not.toBe(version(built(files)));
});
