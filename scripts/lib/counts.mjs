// How many tests passed and failed, read from what cargo, node and vitest print.

const colour = /\u001b\[[0-9;]*m/g;

export function counts(output) {
  const total = { passed: 0, failed: 0 };
  for (const line of output.replace(colour, "").split("\n")) {
    const found = cargo(line) ?? node(line) ?? vitest(line);
    total.passed += found?.passed ?? 0;
    total.failed += found?.failed ?? 0;
  }
  return total;
}

// test result: ok. 12 passed; 0 failed; 0 ignored; …
function cargo(line) {
  const match = /^test result: \S+ (\d+) passed; (\d+) failed;/.exec(line);
  return match && { passed: Number(match[1]), failed: Number(match[2]) };
}

// ℹ pass 3   /   # pass 3
function node(line) {
  const match = /^(?:ℹ|#) (pass|fail|cancelled) (\d+)$/.exec(line);
  if (!match) return undefined;
  return match[1] === "pass" ? { passed: Number(match[2]) } : { failed: Number(match[2]) };
}

//       Tests  1 failed | 3 passed (4)
function vitest(line) {
  const match = /^\s+Tests\s+(.*)\(\d+\)/.exec(line);
  if (!match) return undefined;
  const number = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(match[1])?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed") };
}
