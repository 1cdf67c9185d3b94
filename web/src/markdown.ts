// The part of Markdown that statements use, as data. Nothing becomes HTML by itself: what is not
// known here stays text, so a statement can say whatever it likes.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] };

export type Block =
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "list"; ordered: boolean; items: Block[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "quote"; children: Block[] };

export function parseMarkdown(text: string): Block[] {
  return blocks(text.replace(/\r\n?/g, "\n").split("\n"));
}

const listItem = /^(\s*)([-*]|\d+[.)])\s+(.*)$/;

function blocks(lines: string[]): Block[] {
  const out: Block[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i]!;
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    const fence = /^\s*```(\w*)/.exec(line);
    if (line.trim() === "") {
      i += 1;
    } else if (fence) {
      const end = lines.findIndex((other, at) => at > i && /^\s*```\s*$/.test(other));
      const stop = end < 0 ? lines.length : end;
      out.push({ kind: "code", language: fence[1] ?? "", text: lines.slice(i + 1, stop).join("\n") });
      i = stop + 1;
    } else if (heading) {
      out.push({ kind: "heading", level: heading[1]!.length, children: inlines(heading[2]!) });
      i += 1;
    } else if (isTable(lines, i)) {
      const end = endOf(lines, i, (other) => other.includes("|"));
      const [head = [], , ...rows] = lines.slice(i, end).map(cells);
      out.push({ kind: "table", head, rows });
      i = end;
    } else if (line.startsWith(">")) {
      const end = endOf(lines, i, (other) => other.startsWith(">"));
      out.push({ kind: "quote", children: blocks(lines.slice(i, end).map((other) => other.replace(/^>\s?/, ""))) });
      i = end;
    } else if (listItem.test(line)) {
      const { block, next } = list(lines, i);
      out.push(block);
      i = next;
    } else {
      const end = endOf(lines, i, (other) => !/^(#{1,6}\s|\s*```|>)/.test(other) && !listItem.test(other));
      out.push({
        kind: "paragraph",
        children: inlines(
          lines
            .slice(i, end)
            .map((other) => other.trim())
            .join(" "),
        ),
      });
      i = end;
    }
  }
  return out;
}

/** The first line after `start` that is blank or does not go on. */
function endOf(lines: string[], start: number, goesOn: (line: string) => boolean): number {
  let i = start + 1;
  while (i < lines.length && lines[i]!.trim() !== "" && goesOn(lines[i]!)) i += 1;
  return i;
}

function isTable(lines: string[], i: number): boolean {
  return lines[i]!.includes("|") && /^\s*\|?[\s:|-]*-[\s:|-]*$/.test(lines[i + 1] ?? "");
}

function cells(line: string): Inline[][] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => inlines(cell.trim().replaceAll("\\|", "|")));
}

function list(lines: string[], start: number): { block: Block; next: number } {
  const first = listItem.exec(lines[start]!)!;
  const indent = first[1]!.length;
  const ordered = /\d/.test(first[2]!);
  const items: Block[][] = [];
  let i = start;
  while (i < lines.length) {
    const item = listItem.exec(lines[i]!);
    if (!item || item[1]!.length !== indent || /\d/.test(item[2]!) !== ordered) break;
    const inner = [item[3]!];
    i += 1;
    // What is indented further belongs to the item, blank lines between included.
    while (
      i < lines.length &&
      (lines[i]!.trim() === ""
        ? /^\s/.test(lines[i + 1] ?? "") && indented(lines[i + 1]!, indent)
        : indented(lines[i]!, indent))
    ) {
      inner.push(lines[i]!.slice(Math.min(indent + 2, lines[i]!.length - lines[i]!.trimStart().length)));
      i += 1;
    }
    items.push(blocks(inner));
    while (i < lines.length && lines[i]!.trim() === "" && listItem.exec(lines[i + 1] ?? "")?.[1]!.length === indent)
      i += 1;
  }
  return { block: { kind: "list", ordered, items }, next: i };
}

const indented = (line: string, indent: number) => line.length - line.trimStart().length > indent;

const inline = /(`+)(.+?)\1|\*\*(.+?)\*\*|\*(?!\s)(.+?)\*|\[([^\]]+)\]\(([^)\s]+)\)/;

export function inlines(text: string): Inline[] {
  const out: Inline[] = [];
  let rest = text;
  for (;;) {
    const found = inline.exec(rest);
    if (!found) break;
    if (found.index > 0) out.push({ kind: "text", text: rest.slice(0, found.index) });
    const [whole, , code, strong, em, words, href] = found;
    if (code !== undefined) out.push({ kind: "code", text: code.trim() });
    else if (strong !== undefined) out.push({ kind: "strong", children: inlines(strong) });
    else if (em !== undefined) out.push({ kind: "em", children: inlines(em) });
    else if (safe(href!)) out.push({ kind: "link", href: href!, children: inlines(words!) });
    else out.push({ kind: "text", text: whole });
    rest = rest.slice(found.index + whole.length);
  }
  if (rest !== "") out.push({ kind: "text", text: rest });
  return out;
}

/** Links lead to other sites or within the page; nothing is run. */
const safe = (href: string) => /^(https?:\/\/|#)/.test(href);
