// Where things are, so that no other script spells a path twice.
import { fileURLToPath } from "node:url";
import path from "node:path";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const at = (...parts) => path.join(root, ...parts);

export const nodeModules = at("node_modules");
export const nodeBin = at("node_modules", ".bin");
export const toolsTarget = at("tools", "target");
export const toolsBin = path.join(toolsTarget, "debug");
export const cargoTarget = process.env.CARGO_TARGET_DIR
  ? path.resolve(root, process.env.CARGO_TARGET_DIR)
  : at("target");
export const web = at("web");
export const dist = at("web", "dist");
export const generated = at("web", "src", "generated");
export const cache = at(".cache");
