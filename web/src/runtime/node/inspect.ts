/** What `console.log` writes: Node's way of showing values, in short. */

/** Values as one line, `%s`, `%d`, `%j`, `%o` filled in. */
export function format(...values: unknown[]): string {
  let rest = values;
  const parts: string[] = [];
  if (typeof values[0] === "string" && values[0].includes("%") && values.length > 1) {
    let at = 1;
    parts.push(
      values[0].replace(/%[sdifjoO%]/g, (sign) => {
        if (sign === "%%") return "%";
        if (at >= values.length) return sign;
        const value = values[at++];
        if (sign === "%s") return typeof value === "string" ? value : inspect(value);
        if (sign === "%j") return JSON.stringify(value);
        if (sign === "%d" || sign === "%f") return String(Number(value));
        if (sign === "%i") return String(Math.trunc(Number(value)));
        return inspect(value);
      }),
    );
    rest = values.slice(at);
  }
  for (const value of rest) parts.push(typeof value === "string" ? value : inspect(value));
  return parts.join(" ");
}

/** One value as Node shows it, up to two levels deep. */
export function inspect(value: unknown, depth = 0, seen: unknown[] = []): string {
  if (typeof value === "string")
    return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "function") return value.name ? `[Function: ${value.name}]` : "[Function (anonymous)]";
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return value.stack ?? String(value);
  if (seen.includes(value)) return "[Circular *1]";
  const inner = (part: unknown) => inspect(part, depth + 1, [...seen, value]);
  if (depth > 2) return Array.isArray(value) ? "[Array]" : "[Object]";
  if (Array.isArray(value)) return wrapped("[", value.map(inner), "]");
  if (value instanceof Map) {
    return wrapped(
      `Map(${value.size}) {`,
      [...value].map(([key, of]) => `${inner(key)} => ${inner(of)}`),
      "}",
    );
  }
  if (value instanceof Set) return wrapped(`Set(${value.size}) {`, [...value].map(inner), "}");
  if (value instanceof Uint8Array)
    return `<Buffer ${Array.from(value.subarray(0, 50), (byte) => byte.toString(16).padStart(2, "0")).join(" ")}>`;
  const name = value.constructor?.name;
  const fields = Object.entries(value).map(
    ([key, of]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : inner(key)}: ${inner(of)}`,
  );
  return wrapped(
    `${name && name !== "Object" ? `${name} ` : Object.getPrototypeOf(value) === null ? "[Object: null prototype] " : ""}{`,
    fields,
    "}",
  );
}

function wrapped(open: string, parts: string[], close: string): string {
  if (parts.length === 0) return open + close;
  const line = `${open} ${parts.join(", ")} ${close}`;
  return line.length <= 72 ? line : `${open}\n  ${parts.join(",\n  ").replaceAll("\n", "\n")}\n${close}`;
}
