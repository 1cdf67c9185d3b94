// Start a program, wait for it, and fail with its name where it fails.
import { spawn } from "node:child_process";
import process from "node:process";
import { root, nodeBin, toolsBin } from "./paths.mjs";

/** A program that ended badly; `output` holds what it printed. */
export class CommandFailed extends Error {
  constructor(command, args, outcome, output) {
    super(`${[command, ...args].join(" ")} ${outcome}`);
    this.output = output;
  }
}

/** The environment of everything we start: the project's own tools come first. */
export function environment(extra = {}) {
  const path = [nodeBin, toolsBin, process.env.PATH].join(process.platform === "win32" ? ";" : ":");
  return { ...process.env, PATH: path, ...extra };
}

/**
 * Run a program in the project's root with its output shown as it comes.
 * Resolves to that output, so that callers can count tests in it.
 */
export function run(command, args, { env, cwd = root, quiet = false, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(env),
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    if (input !== undefined) child.stdin.end(input);
    const chunks = [];
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.on("data", (chunk) => {
        chunks.push(chunk);
        if (!quiet) to.write(chunk);
      });
    }
    const output = () => Buffer.concat(chunks).toString("utf8");
    child.on("error", (error) => {
      reject(new CommandFailed(command, args, `did not start: ${error.message}`, output()));
    });
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output());
      const outcome = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      if (quiet) process.stderr.write(output());
      reject(new CommandFailed(command, args, outcome, output()));
    });
  });
}
