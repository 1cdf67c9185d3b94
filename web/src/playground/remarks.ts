// Where in the program a traceback points: the lines of the learner's own file.

export interface Remark {
  line: number;
  text: string;
}

/** The last line of the file that a traceback names, with what went wrong. */
export function remarks(stderr: string, file: string): Remark[] {
  const lines = stderr.trimEnd().split("\n");
  const name = file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const python = new RegExp(`File "${name}", line (\\d+)`, "g");
  const node = new RegExp(`${name}:(\\d+)(?::\\d+)?`, "g");
  const found = [...stderr.matchAll(python)].at(-1) ?? stderr.matchAll(node).next().value;
  if (!found) return [];
  const said = lines.findLast((line) => /^\w*(Error|Exception|Exit|Interrupt)\b/.test(line)) ?? lines.at(-1) ?? "";
  return [{ line: Number(found[1]), text: said.trim() }];
}
