import assert from "node:assert/strict";
import { test } from "node:test";
import { counts } from "./counts.mjs";

const cases = {
  "cargo, several binaries": [
    "test result: ok. 12 passed; 0 failed; 0 ignored\ntest result: FAILED. 3 passed; 2 failed; 0 ignored\n",
    { passed: 15, failed: 2 },
  ],
  "node, a cancelled test counts as failed": ["ℹ pass 3\nℹ fail 1\nℹ cancelled 1\n", { passed: 3, failed: 2 }],
  "vitest, in colour": [
    "\u001b[2m      Tests \u001b[22m \u001b[31m1 failed\u001b[39m | \u001b[32m8 passed\u001b[39m (9)\n",
    { passed: 8, failed: 1 },
  ],
  "vitest, files are not tests": [" Test Files  1 passed (1)\n      Tests  4 passed (4)\n", { passed: 4, failed: 0 }],
  "nothing ran": ["compiling\n", { passed: 0, failed: 0 }],
};

for (const [name, [output, expected]] of Object.entries(cases)) {
  test(`counts: ${name}`, () => assert.deepEqual(counts(output), expected));
}
