// A message as a form: what a form holds, and the line that it becomes.
import type { FieldKind, FieldSpec, RequestKind } from "../core";

/** What one input holds: text, a list, or the fields of an object. */
export type Held = string | Held[] | { [name: string]: Held };

export function emptyField(kind: FieldKind): Held {
  switch (kind.takes) {
    case "choice":
      return kind.of[0] ?? "";
    case "boolean":
      return "true";
    case "list":
      return [emptyField(kind.of)];
    case "object":
      return emptyFields(kind.fields);
    case "tagged": {
      const first = kind.variants[0];
      return first ? { [kind.by]: first.tag, ...emptyFields(first.fields) } : {};
    }
    case "tuple": {
      const first = kind.variants[0];
      return first ? [first.tag, ...first.fields.map((field) => emptyField(field.kind))] : [];
    }
    default:
      return "";
  }
}

export function emptyFields(fields: readonly FieldSpec[]): { [name: string]: Held } {
  return Object.fromEntries(fields.map((field) => [field.name, emptyField(field.kind)]));
}

/** The JSON text of what an input holds; undefined: it was left empty. */
export function jsonOf(kind: FieldKind, held: Held | undefined): string | undefined {
  switch (kind.takes) {
    case "string":
    case "choice":
      return typeof held === "string" && held !== "" ? JSON.stringify(held) : undefined;
    case "integer":
    case "boolean":
      return typeof held === "string" && held !== "" ? held : undefined;
    case "value":
    case "anything":
    case "map":
      return typeof held === "string" && held !== "" ? valueText(held) : undefined;
    case "list":
      return Array.isArray(held) ? `[${held.flatMap((item) => jsonOf(kind.of, item) ?? []).join(",")}]` : undefined;
    case "object":
      return objectText(kind.fields, held);
    case "tagged": {
      const fields = record(held);
      const variant = kind.variants.find((other) => other.tag === fields[kind.by]);
      if (!variant) return undefined;
      const rest = pairs(variant.fields, fields);
      return `{${[`${JSON.stringify(kind.by)}:${JSON.stringify(variant.tag)}`, ...rest].join(",")}}`;
    }
    case "tuple": {
      const items = Array.isArray(held) ? held : [];
      const variant = kind.variants.find((other) => other.tag === items[0]);
      if (!variant) return undefined;
      const rest = variant.fields.map((field, i) => jsonOf(field.kind, items[i + 1]) ?? "null");
      return `[${[JSON.stringify(variant.tag), ...rest].join(",")}]`;
    }
  }
}

/** The line that a filled form becomes. */
export function lineOf(kind: RequestKind, client: string, id: number, held: { [name: string]: Held }): string {
  const head = [`"type":${JSON.stringify(kind.name)}`, `"msg_id":${id}`];
  return `{"src":${JSON.stringify(client)},"dest":"n1","body":{${[...head, ...pairs(kind.fields, held)].join(",")}}}`;
}

function objectText(fields: readonly FieldSpec[], held: Held | undefined): string {
  return `{${pairs(fields, record(held)).join(",")}}`;
}

function pairs(fields: readonly FieldSpec[], held: { [name: string]: Held }): string[] {
  return fields.flatMap((field) => {
    const text = jsonOf(field.kind, held[field.name]);
    return text === undefined ? [] : [`${JSON.stringify(field.name)}:${text}`];
  });
}

/** What was typed as it is where it is JSON, else as a string: 12 is a number, old is "old". */
function valueText(typed: string): string {
  try {
    JSON.parse(typed);
    return typed;
  } catch {
    return JSON.stringify(typed);
  }
}

function record(held: Held | undefined): { [name: string]: Held } {
  return typeof held === "object" && !Array.isArray(held) ? held : {};
}
