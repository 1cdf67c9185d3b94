import { expect, test } from "vitest";
import type { FieldSpec, RequestKind } from "../core";
import { complete, nextMessageId } from "./completion";
import { emptyFields, lineOf } from "./form";
import { decodeScript, encodeScript } from "./link";
import { lineAfter, upTo } from "./script";

const field = (name: string, kind: FieldSpec["kind"]): FieldSpec => ({ name, kind, optional: false, summary: "" });
const put: RequestKind = {
  name: "mvcc_put",
  exercise: "mvcc",
  summary: "Stores a version",
  reply: [],
  example: '{"type":"mvcc_put","msg_id":1,"key":"x","value":"old","timestamp":100}',
  fields: [
    field("key", { takes: "string" }),
    field("value", { takes: "value" }),
    field("timestamp", { takes: "integer", min: "0", max: "9" }),
  ],
};
const batch: RequestKind = {
  name: "txn_execute",
  exercise: "multi-key-txn",
  summary: "A batch",
  reply: [],
  example: '{"type":"txn_execute","msg_id":1,"operations":[{"op":"get","key":"a"}]}',
  fields: [
    field("operations", {
      takes: "list",
      of: {
        takes: "tagged",
        by: "op",
        variants: [
          { tag: "put", summary: "", fields: [field("key", { takes: "string" }), field("value", { takes: "value" })] },
          { tag: "get", summary: "", fields: [field("key", { takes: "string" })] },
        ],
      },
    }),
  ],
};
const kinds = [put, batch];
const labels = (line: string) => complete(line, line.length, kinds, 7)?.suggestions.map((s) => s.label);

test("an empty line is offered whole messages, numbered on", () => {
  const found = complete("", 0, kinds, 7)!;
  expect(found.suggestions.map((s) => s.label)).toEqual(["mvcc_put", "txn_execute"]);
  expect(JSON.parse(found.suggestions[0]!.insert)).toMatchObject({
    dest: "n1",
    body: { type: "mvcc_put", msg_id: 7, key: "x" },
  });
});

test("types, fields and choices are offered where they stand", () => {
  expect(labels('{"src":"c1","dest":"n1","body":{"type":"mv')).toEqual(["mvcc_put", "txn_execute"]);
  expect(labels('{"body":{"type":"mvcc_put","key":"x",')).toEqual(["value", "timestamp"]);
  expect(labels('{"body":{"type":"txn_execute","operations":[{"op":"')).toEqual(["put", "get"]);
  expect(labels('{"body":{"type":"mvcc_put","key":"x"')).toBeUndefined();
});

test("a form becomes the line that one would write", () => {
  expect(JSON.parse(lineOf(put, "c2", 9, { key: "x", value: "old", timestamp: "100" }))).toEqual({
    src: "c2",
    dest: "n1",
    body: { type: "mvcc_put", msg_id: 9, key: "x", value: "old", timestamp: 100 },
  });
  const held = emptyFields(batch.fields);
  expect(JSON.parse(lineOf(batch, "c1", 1, held)).body.operations).toEqual([{ op: "put" }]);
});

test("a script survives its address, and a damaged address is told", async () => {
  const script = Array.from({ length: 400 }, (_, i) => `{"n":${i},"text":"≠ é"}`).join("\n");
  const code = await encodeScript(script);
  expect(code).toMatch(/^[\w-]+$/);
  expect(code.length).toBeLessThan(script.length / 3);
  expect(await decodeScript(code)).toBe(script);
  await expect(decodeScript(code.slice(0, 40))).rejects.toThrow();
});

test("a script is forked and grows line by line", () => {
  expect(upTo("a\nb\nc", 2)).toBe("a\nb");
  expect(lineAfter("a\nb", 1, "x")).toBe("a\nx\nb");
  expect(lineAfter("", 0, "x")).toBe("x");
  expect(nextMessageId('{"msg_id": 4}\n{"msg_id":11}')).toBe(12);
});
