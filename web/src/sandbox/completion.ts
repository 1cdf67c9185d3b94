// What can be written at a place of a script: types, fields and choices, as the core describes them.
import type { FieldKind, FieldSpec, RequestKind } from "../core";

export interface Suggestion {
  label: string;
  detail: string;
  insert: string;
}

export interface Completion {
  /** Column, from 0, from which the suggestion replaces what was typed. */
  from: number;
  suggestions: Suggestion[];
}

/** Suggestions for the cursor at `column` of a line; null: nothing can be said there. */
export function complete(line: string, column: number, kinds: RequestKind[], nextId: number): Completion | null {
  const before = line.slice(0, column);
  if (/^\s*\w*$/.test(before) && line.slice(column).trim() === "") {
    return { from: before.search(/\w*$/), suggestions: kinds.map((kind) => wholeMessage(kind, nextId)) };
  }
  const choice = /"(\w+)"\s*:\s*"([\w-]*)$/.exec(before);
  const kind = kindOf(line, kinds);
  if (choice) {
    const options =
      choice[1] === "type" ? kinds.map((k) => ({ tag: k.name, summary: k.summary })) : choicesOf(kind, choice[1]!);
    if (options.length === 0) return null;
    const from = column - choice[2]!.length;
    return { from, suggestions: options.map(({ tag, summary }) => ({ label: tag, detail: summary, insert: tag })) };
  }
  const tuple = /\[\s*"(\w*)$/.exec(before);
  if (tuple && kind) {
    const tags = variantsOf(kind.fields.map((field) => field.kind));
    const from = column - tuple[1]!.length;
    if (tags.length > 0)
      return { from, suggestions: tags.map((v) => ({ label: v.tag, detail: v.summary, insert: v.tag })) };
  }
  const key = /[{,]\s*("?)(\w*)$/.exec(before);
  if (!key || !kind) return null;
  const written = new Set([...line.matchAll(/"(\w+)"\s*:/g)].map((found) => found[1]!));
  const fields = allFields(kind.fields).filter((field) => !written.has(field.name) || nested(kind, field.name));
  const from = column - key[2]!.length - key[1]!.length;
  const suggestions = fields.map((field) => ({
    label: field.name,
    detail: field.summary,
    insert: `"${field.name}": `,
  }));
  return suggestions.length > 0 ? { from, suggestions } : null;
}

export function kindOf(line: string, kinds: RequestKind[]): RequestKind | undefined {
  const name = /"type"\s*:\s*"([^"]*)"/.exec(line)?.[1];
  return kinds.find((kind) => kind.name === name);
}

/** A message to begin with, on one line, as the core's example has it. */
export function wholeMessage(kind: RequestKind, id: number): Suggestion {
  const body = JSON.parse(kind.example) as Record<string, unknown>;
  const { type, msg_id: _, ...rest } = body;
  const message = {
    src: kind.name === "init" ? "c0" : "c1",
    dest: "n1",
    body: { type: type ?? kind.name, msg_id: id, ...rest },
  };
  return { label: kind.name, detail: kind.summary, insert: JSON.stringify(message) };
}

/** Every field that can stand somewhere in a message of this kind. */
function allFields(fields: readonly FieldSpec[]): FieldSpec[] {
  return fields.flatMap((field) => [field, ...inside(field.kind)]);
}

function inside(kind: FieldKind): FieldSpec[] {
  switch (kind.takes) {
    case "object":
      return allFields(kind.fields);
    case "list":
    case "map":
      return inside(kind.of);
    case "tagged":
      return kind.variants.flatMap((variant) => allFields(variant.fields));
    default:
      return [];
  }
}

const nested = (kind: RequestKind, name: string) => !kind.fields.some((field) => field.name === name);

function variantsOf(kinds: FieldKind[]): { tag: string; summary: string }[] {
  return kinds.flatMap((kind) => {
    if (kind.takes === "tuple") return kind.variants;
    return kind.takes === "list" || kind.takes === "map" ? variantsOf([kind.of]) : [];
  });
}

/** The strings that a field may have: a choice, or the tags of an object's variants. */
function choicesOf(kind: RequestKind | undefined, name: string): { tag: string; summary: string }[] {
  const look = (kinds: { name: string; kind: FieldKind }[]): { tag: string; summary: string }[] =>
    kinds.flatMap((field) => {
      const takes = field.kind;
      if (takes.takes === "choice" && field.name === name) return takes.of.map((tag) => ({ tag, summary: "" }));
      if (takes.takes === "tagged" && takes.by === name) return takes.variants;
      if (takes.takes === "list" || takes.takes === "map") return look([{ name: field.name, kind: takes.of }]);
      return takes.takes === "object" ? look(takes.fields) : [];
    });
  return kind ? look(kind.fields) : [];
}

/** The number that the next message of a script can have. */
export function nextMessageId(script: string): number {
  const ids = [...script.matchAll(/"msg_id"\s*:\s*(\d{1,9})/g)].map((found) => Number(found[1]));
  return ids.length === 0 ? 1 : Math.max(...ids) + 1;
}
