import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { serve } from "./server.mjs";

let folder;
let site;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "isolab-"));
  fs.mkdirSync(path.join(folder, "site"));
  fs.writeFileSync(path.join(folder, "site", "index.html"), "home");
  fs.writeFileSync(path.join(folder, "secret.txt"), "secret");
  site = await serve(path.join(folder, "site"), { base: "/below/" });
});

after(async () => {
  await site.close();
  fs.rmSync(folder, { recursive: true });
});

test("a folder answers with its index and the isolation headers", async () => {
  const response = await fetch(site.url);
  assert.equal(await response.text(), "home");
  assert.equal(response.headers.get("Cross-Origin-Opener-Policy"), "same-origin");
  assert.equal(response.headers.get("Cross-Origin-Embedder-Policy"), "require-corp");
});

test("nothing outside the folder or the base is served", async () => {
  for (const asked of ["..%2fsecret.txt", "../secret.txt", "none.txt", "../../index.html", "%E0%A4%A"]) {
    const response = await fetch(`${site.url}${asked}`);
    assert.equal(response.status, 404, asked);
    await response.text();
  }
});
