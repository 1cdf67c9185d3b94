// A failing case as a recorded run: each request, then what the program answered to it.
import type { CaseVerdict } from "../core";

/** The script with the program's replies between its lines, as a recording has them. */
export function told(verdict: CaseVerdict): string {
  const exchanges = verdict.exchanges ?? [];
  const script = verdict.script ?? [];
  const lines: string[] = [];
  // The exchanges are the last ones up to the divergence; a line that is no message has none.
  let next = 0;
  for (const line of script) {
    lines.push(line);
    const exchange = exchanges[next];
    if (!exchange || msgId(exchange.request) !== msgId(line)) continue;
    next++;
    if (exchange.reply !== null) lines.push(exchange.reply);
  }
  return lines.join("\n");
}

function msgId(line: string): unknown {
  try {
    return (JSON.parse(line) as { body?: { msg_id?: unknown } }).body?.msg_id;
  } catch {
    return undefined;
  }
}
