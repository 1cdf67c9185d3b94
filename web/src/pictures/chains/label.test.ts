import { expect, test } from "vitest";
import { mono } from "../measure";
import { placeLabel, slots } from "./label";

const sizes = { value: 14, version: 11.5 };
const place = (free: ReturnType<typeof slots>, value: string | null) => placeLabel(free, value, "v2", "@220", sizes);

test("a block without lines is one slot, a line cuts it in two", () => {
  expect(slots(100, 300, [])).toHaveLength(1);
  const [first, second] = slots(100, 300, [180, 50, 400]);
  expect(first!.right).toBeLessThan(180);
  expect(second!.left).toBeGreaterThan(180);
});

test("the whole label takes the first slot that holds it", () => {
  expect(place(slots(100, 300, [200]), "12")).toMatchObject({ value: "12", version: "v2 @220", x: 111 });
  expect(place(slots(100, 300, [130]), "12")).toMatchObject({ value: "12", version: "v2 @220", x: 137 });
});

test("with less room the timestamp goes first, then the value, then everything", () => {
  expect(place(slots(0, 55, []), "12")).toMatchObject({ value: "12", version: "v2" });
  expect(place(slots(0, 35, []), "123456789")).toMatchObject({ value: null, version: "v2" });
  expect(place(slots(0, 24, []), "12")).toBeNull();
});

test("a text may be shortened, a number never is", () => {
  const room = slots(0, 80, []);
  expect(place(room, '"a rather long text"')?.value).toMatch(/^"a.*…$/);
  expect(place(room, "12345678901234567890")?.value).toBeNull();
});

test("no label runs under a line or out of its block", () => {
  for (let width = 20; width < 260; width += 7) {
    for (const line of [width * 0.2, width * 0.5, width * 0.9]) {
      const label = place(slots(0, width, [line]), '"value"');
      if (!label) continue;
      const end = label.x + Math.max(mono(label.value ?? "", 14), mono(label.version, 11.5));
      expect(end <= width).toBe(true);
      expect(end < line || label.x > line).toBe(true);
    }
  }
});
