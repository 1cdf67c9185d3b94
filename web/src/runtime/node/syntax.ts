/**
 * A Node program as something that a worker can load. CommonJS keeps its
 * wrapper and its sloppy mode; a program with static imports becomes a module
 * in which imports of Node's modules are calls of `require`. Lines keep their
 * numbers, so that tracebacks point into the editor.
 */

const IMPORT =
  /^[ \t]*import\s+(?:(?<all>\*\s+as\s+\w+)|(?<def>[A-Za-z_$][\w$]*)?\s*,?\s*(?<named>\{[^}]*\})?)\s*from\s*(?<q>["'])(?<from>[^"'\n]+)\k<q>;?/gm;

/** The name under which a CommonJS program leaves its wrapper. */
export const WRAPPER = "__isolabProgram";

/** A program ready to be loaded. */
export interface Loadable {
  /** A module is imported; a script leaves its wrapper under a name. */
  kind: "module" | "script";
  text: string;
}

/** The program's text, line for line, as a worker loads it. */
export function loadable(source: string): Loadable {
  const body = source.startsWith("#!") ? `//${source}` : source;
  const replaced = body.replace(IMPORT, (...match) => required(match[0] as string, match.at(-1)));
  if (replaced !== body) return { kind: "module", text: replaced };
  return {
    kind: "script",
    text: `self.${WRAPPER} = function (exports, require, module, __filename, __dirname) { ${body}\n};`,
  };
}

function required(statement: string, groups: Record<string, string | undefined>): string {
  const from = `require(${JSON.stringify(groups.from)})`;
  const lines = "\n".repeat(statement.split("\n").length - 1);
  if (groups.all) return `const ${groups.all.replace(/^\*\s+as\s+/, "")} = ${from};${lines}`;
  const parts = [
    groups.def && `const ${groups.def} = ${from};`,
    groups.named && `const ${groups.named.replace(/\s+as\s+/g, ": ").replaceAll("\n", " ")} = ${from};`,
  ].filter(Boolean);
  return parts.join(" ") + lines;
}
