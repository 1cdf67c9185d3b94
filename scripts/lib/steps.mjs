// A list of named steps: each is timed and counted, all are run, and the end says what failed.
import process from "node:process";
import { counts } from "./counts.mjs";

/**
 * Run `steps` (`{ name, work, tests }`) in order. A step whose `tests` is set must have run at
 * least one; any other counts as one check. Resolves to the number that failed.
 */
export async function runSteps(steps, say = console.log) {
  const done = [];
  for (const step of steps) {
    say(`\n── ${step.name}`);
    done.push(await runStep(step, say));
    const { seconds, passed, failed } = done.at(-1);
    say(`── ${step.name}: ${failed ? "FAILED" : "ok"}, ${passed} passed, ${seconds.toFixed(1)} s`);
    if (failed && step.needed) break;
  }
  return report(steps, done, say);
}

async function runStep({ name, work, tests }, say) {
  const begun = performance.now();
  let output = "";
  let broken = false;
  try {
    output = (await work()) ?? "";
  } catch (error) {
    say(error.message);
    output = error.output ?? "";
    broken = true;
  }
  let { passed, failed } = tests ? counts(output) : { passed: broken ? 0 : 1, failed: 0 };
  if (tests && passed + failed === 0 && !broken) {
    say(`${name} ran no test`);
    broken = true;
  }
  if (broken && failed === 0) failed = 1;
  return { name, passed, failed, seconds: (performance.now() - begun) / 1000 };
}

function report(steps, done, say) {
  const sum = (key) => done.reduce((total, step) => total + step[key], 0);
  const width = Math.max(...done.map((step) => step.name.length));
  say("\nSummary");
  for (const { name, passed, failed, seconds } of done) {
    const verdict = failed ? `FAILED (${failed})` : "ok";
    say(`  ${name.padEnd(width)}  ${String(passed).padStart(5)}  ${seconds.toFixed(1).padStart(6)} s  ${verdict}`);
  }
  const left = steps.slice(done.length).map((step) => step.name);
  if (left.length) say(`  not run: ${left.join(", ")}`);
  say(`  in ${(sum("seconds") / 60).toFixed(1)} min`);
  say(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") ? 1 : 0;
  return sum("failed");
}
