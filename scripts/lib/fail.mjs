// The last word of a command that failed: one plain sentence, no stack trace.
import process from "node:process";

export function fail(error) {
  process.stderr.write(`\n${error.message ?? error}\n`);
  process.exit(1);
}
