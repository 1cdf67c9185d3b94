// Figures as `tests/src/bench.rs` prints them: whether each holds, and all of them as a table.

/** The figure over its floor; undefined without one. */
export function ratio({ value, floor }) {
  return floor ? value / floor.value : undefined;
}

/** "ok", "worse", or "" where nothing must hold. */
export function verdict(figure) {
  if (!figure.must) return "";
  const { kind, value } = figure.must;
  const measured = kind.startsWith("times") ? ratio(figure) : figure.value;
  const holds = kind.endsWith("at_most") ? measured <= value : measured >= value;
  return holds ? "ok" : "worse";
}

const kinds = {
  at_most: (value, unit) => `≤ ${amount(value)} ${unit}`,
  at_least: (value, unit) => `≥ ${amount(value)} ${unit}`,
  times_at_most: (value) => `≤ ${value} ×`,
  times_at_least: (value) => `≥ ${value} ×`,
};

/** A table in Markdown, readable as it is. */
export function table(figures) {
  const head = ["what", "measured", "floor", "ratio", "must", ""];
  const rows = figures.map((figure) => [
    figure.name,
    `${amount(figure.value)} ${figure.unit}`,
    figure.floor ? `${amount(figure.floor.value)} ${figure.unit} (${figure.floor.name})` : "",
    figure.floor ? `${ratio(figure).toFixed(2)} ×` : "",
    figure.must ? kinds[figure.must.kind](figure.must.value, figure.unit) : "",
    verdict(figure),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(Math.max(width, 3))).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** Three digits that count, and thousands set apart. */
export function amount(value) {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", { maximumFractionDigits: Math.min(digits, 6), useGrouping: true });
}
