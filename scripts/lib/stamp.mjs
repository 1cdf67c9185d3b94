// Skip a step whose inputs have not changed: a digest of their bytes, kept beside the output.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { root, cache } from "./paths.mjs";

const passedOver = new Set(["node_modules", "target", "dist", "generated", ".git", ".cache"]);

/** Every file below `start` (or `start` itself), in one fixed order. */
export function filesBelow(start) {
  if (!fs.existsSync(start)) return [];
  if (!fs.statSync(start).isDirectory()) return [start];
  return fs
    .readdirSync(start, { withFileTypes: true })
    .filter((entry) => !passedOver.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesBelow(path.join(start, entry.name)));
}

export function digest(inputs, salt = "") {
  const hash = createHash("sha256").update(salt);
  for (const file of inputs.flatMap(filesBelow)) {
    hash.update(`\0${path.relative(root, file)}\0`).update(fs.readFileSync(file));
  }
  return hash.digest("hex");
}

/**
 * Do `work` unless it was done before for the same inputs and all of `outputs` still exist.
 * Resolves to whether it was done now.
 */
export async function onceFor(name, { inputs, outputs, salt }, work) {
  const file = path.join(cache, "stamps", name);
  const wanted = digest(inputs, salt);
  const known = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  if (known === wanted && outputs.every((output) => fs.existsSync(output))) return false;
  fs.rmSync(file, { force: true });
  await work();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, wanted);
  return true;
}
