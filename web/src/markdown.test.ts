import { expect, test } from "vitest";
import { inlines, parseMarkdown } from "./markdown";

const kinds = (text: string) => parseMarkdown(text).map((block) => block.kind);

test("blocks end where the next kind begins", () => {
  expect(
    kinds(
      "# A\ntext\nmore\n\n- a\n- b\n\n```json\n{}\n\n{}\n```\n| a | b |\n| --- | --- |\n| 1 | 2 |\n> q\n\n1. x\n2. y",
    ),
  ).toEqual(["heading", "paragraph", "list", "code", "table", "quote", "list"]);
});

test("a fence that never ends takes the rest", () => {
  expect(parseMarkdown("```\na\nb")).toEqual([{ kind: "code", language: "", text: "a\nb" }]);
});

test("inlines nest, and code keeps what it holds", () => {
  expect(inlines("a **b `*c*`** d")).toEqual([
    { kind: "text", text: "a " },
    {
      kind: "strong",
      children: [
        { kind: "text", text: "b " },
        { kind: "code", text: "*c*" },
      ],
    },
    { kind: "text", text: " d" },
  ]);
});

test("HTML stays text and no link runs anything", () => {
  expect(inlines("<img src=x onerror=alert(1)>")).toEqual([{ kind: "text", text: "<img src=x onerror=alert(1)>" }]);
  expect(inlines("[x](javascript:alert(1))")[0]).toMatchObject({ kind: "text" });
  expect(inlines("[x](https://example.org/)")[0]).toMatchObject({ kind: "link" });
});
