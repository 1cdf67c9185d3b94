// Build the page where its inputs changed.
import path from "node:path";
import { at, dist } from "./paths.mjs";
import { run } from "./run.mjs";
import { onceFor } from "./stamp.mjs";
import * as setUp from "./set-up.mjs";

export async function buildPage() {
  await setUp.forPage();
  const inputs = ["web", "core", "wasm", "Cargo.lock", "package-lock.json"].map((name) => at(name));
  const outputs = [path.join(dist, "index.html"), path.join(dist, "sw.js")];
  await onceFor("page", { inputs, outputs }, () =>
    run("vite", ["build", at("web"), "--config", at("web", "vite.config.ts"), "--logLevel", "warn"]),
  );
}
