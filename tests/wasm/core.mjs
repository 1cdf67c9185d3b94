// Starts the generated package under Node.js.
import fs from "node:fs";
import path from "node:path";
import { generated } from "../../scripts/lib/paths.mjs";

export async function core() {
  const folder = path.join(generated, "wasm");
  const glue = await import(path.join(folder, "isolab_wasm.js"));
  glue.initSync({ module: fs.readFileSync(path.join(folder, "isolab_wasm_bg.wasm")) });
  return glue;
}
