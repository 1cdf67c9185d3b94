// Words for what the core names; shown as they stand in the core's reports.
import type { Status } from "../core";

/** A status in words. */
export function plainStatus(status: Status): string {
  const words: Record<Status, string> = {
    passed: "passed",
    wrong_answer: "wrong answer",
    no_answer: "no answer within the limit",
    crashed: "crashed",
    bad_output: "bad output",
    output_limit: "output limit",
    memory_limit: "memory limit",
    could_not_start: "could not start",
    not_run: "not run",
  };
  return words[status];
}
