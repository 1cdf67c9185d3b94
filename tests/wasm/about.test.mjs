// The binding as the page loads it, started from its bytes.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { core } from "./core.mjs";

test("the core in WebAssembly is the core of this workspace", async () => {
  const version = /\[workspace\.package\]\nversion = "([^"]+)"/.exec(fs.readFileSync(at("Cargo.toml"), "utf8"))[1];
  assert.deepEqual((await core()).about(), { name: "isolab", version });
});
