// What must be there before anything runs. Each part is quick when nothing changed.
// Only Node's own modules here: this runs before `npm ci`.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { at, generated, nodeModules, toolsBin, toolsTarget } from "./paths.mjs";
import { run } from "./run.mjs";
import { onceFor } from "./stamp.mjs";

/** The packages of package-lock.json, installed exactly. */
export async function packages() {
  checkNode();
  const inputs = [at("package.json"), at("package-lock.json"), at(".npmrc")];
  const outputs = [path.join(nodeModules, ".package-lock.json")];
  const salt = `${process.platform} ${process.arch}`;
  await onceFor("packages", { inputs, outputs, salt }, () => run("npm", ["ci", "--no-audit", "--no-fund"]));
}

/** The pinned compiler and its WebAssembly target; rustup may be told not to install by itself. */
export async function rust() {
  const toml = fs.readFileSync(at("rust-toolchain.toml"), "utf8");
  const channel = /channel\s*=\s*"([^"]+)"/.exec(toml)[1];
  const have = await run("rustup", ["toolchain", "list"], { quiet: true }).catch(() => {
    throw new Error("Rust is missing: install it with rustup (https://rustup.rs), then run this again.");
  });
  if (!have.includes(`${channel}-`)) {
    await run("rustup", [
      ...["toolchain", "install", channel, "--profile", "minimal"],
      ...["--component", "rustfmt", "--component", "clippy"],
    ]);
  }
  const targets = await run("rustup", ["target", "list", "--installed"], { quiet: true });
  if (!targets.split(/\s+/).includes("wasm32-unknown-unknown")) {
    await run("rustup", ["target", "add", "wasm32-unknown-unknown"]);
  }
  const components = await run("rustup", ["component", "list", "--installed"], { quiet: true });
  for (const component of ["rustfmt", "clippy"]) {
    if (!components.includes(component)) await run("rustup", ["component", "add", component]);
  }
}

/** `wasm-pack` and `wasm-bindgen`, built once from the crate in tools/. */
export async function tools() {
  const inputs = [at("tools"), at("rust-toolchain.toml")];
  const outputs = ["wasm-pack", "wasm-bindgen"].map((name) => path.join(toolsBin, name));
  await onceFor("tools", { inputs, outputs }, () =>
    run("cargo", [
      ...["build", "--locked", "--quiet", "--manifest-path", at("tools", "Cargo.toml")],
      ...["--target-dir", toolsTarget],
    ]),
  );
}

const rustInputs = ["core", "wasm", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"].map((name) => at(name));

/** The core as WebAssembly with its glue, in web/src/generated/wasm. */
export async function wasm() {
  const out = path.join(generated, "wasm");
  const inputs = [...rustInputs, at("tools", "Cargo.lock"), at("package-lock.json")];
  const outputs = [path.join(out, "isolab_wasm_bg.wasm")];
  await onceFor("wasm", { inputs, outputs }, async () => {
    // wasm-pack optimises every module of the folder, what an interrupted build left there too.
    fs.rmSync(out, { recursive: true, force: true });
    await run("wasm-pack", [
      ...["--quiet", "build", at("wasm"), "--target", "web", "--out-dir", out],
      ...["--mode", "no-install", "--no-pack", "--", "--locked"],
    ]);
  });
}

/** The TypeScript types of what crosses the boundary, in web/src/generated/types. */
export async function types() {
  const out = path.join(generated, "types");
  await onceFor("types", { inputs: rustInputs, outputs: [path.join(out, "index.ts")] }, async () => {
    fs.rmSync(out, { recursive: true, force: true });
    const bin = ["--quiet", "--locked", "--package", "isolab-wasm", "--features", "ts", "--bin", "isolab-types"];
    await run("cargo", ["run", ...bin, "--", out]);
  });
}

/** The course as JSON, in web/src/generated/course. */
export async function course() {
  const out = path.join(generated, "course");
  await onceFor("course", { inputs: rustInputs, outputs: [path.join(out, "index.json")] }, async () => {
    fs.rmSync(out, { recursive: true, force: true });
    const bin = ["--quiet", "--locked", "--package", "isolab-wasm", "--features", "ts", "--bin", "isolab-course"];
    await run("cargo", ["run", ...bin, "--", out]);
  });
}

/** Everything that the page is built from. */
export async function forPage() {
  await packages();
  await rust();
  await tools();
  await wasm();
  await types();
  await course();
}

/** Python runs the reference programs of the tests; nothing else needs it. */
export async function python() {
  const said = await run("python3", ["--version"], { quiet: true }).catch(() => "none");
  const [, major, minor] = /Python (\d+)\.(\d+)/.exec(said) ?? [];
  if (Number(major) !== 3 || Number(minor) < 11) {
    throw new Error(`The tests run programs in Python 3.11 or later as python3; found: ${said.trim()}.`);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node.js 20.19 or later is needed, this is ${process.versions.node}.`);
  }
}
