// A script as text: where its errors stand, and how it grows and is cut.
import type { ScriptRun } from "../replay/run";
import type { LineError } from "./script-editor";

/** What the sandbox begins with. */
export const firstScript = [
  '{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}',
  '{"src":"c1","dest":"n1","body":{"type":"mvcc_put","msg_id":2,"key":"x","value":"old","timestamp":100}}',
  '{"src":"c1","dest":"n1","body":{"type":"mvcc_put","msg_id":3,"key":"x","value":"new","timestamp":200}}',
  '{"src":"c2","dest":"n1","body":{"type":"mvcc_get","msg_id":4,"key":"x","read_timestamp":150}}',
].join("\n");

/** The messages that were refused for what they are, each at its line. */
export function errorsOf(run: ScriptRun, lines: Uint32Array): LineError[] {
  return run.marks().marks.flatMap((mark, i) => {
    if (mark !== "error" && mark !== "bad_line") return [];
    const row = run.rows(i + 1, i + 1)[0];
    return [{ line: lines[i] ?? 1, text: row?.reply || "not a message" }];
  });
}

/** The script without what comes after a line, from 1. */
export function upTo(script: string, line: number): string {
  return script.split("\n").slice(0, line).join("\n");
}

/** The script with a line put in after another, from 1; 0 puts it first. */
export function lineAfter(script: string, after: number, line: string): string {
  const lines = script === "" ? [] : script.split("\n");
  lines.splice(after, 0, line);
  return lines.join("\n");
}
