import { expect, test } from "vitest";
import { formatRoute, parseRoute, type Route } from "./route";

test("every route is read back as it was written", () => {
  const routes: Route[] = [
    { page: "home" },
    { page: "exercise", exercise: "mvcc" },
    { page: "replay", exercise: "mvcc", case: "26 a/b", step: 4 },
    { page: "replay", exercise: "mvcc", case: "x", step: null },
    { page: "sandbox", script: "AbC-_9", step: 0 },
    { page: "sandbox", script: null, step: null },
    { page: "open" },
  ];
  for (const route of routes) expect(parseRoute(formatRoute(route))).toEqual(route);
});

test("an address that means nothing says so, and a damaged one does not break", () => {
  expect(parseRoute("#/nowhere").page).toBe("unknown");
  expect(parseRoute("#/replay/mvcc").page).toBe("unknown");
  expect(parseRoute("#/exercise/%E0%A4%A").page).toBe("exercise");
  expect(parseRoute("#/replay/mvcc/a?step=-1")).toMatchObject({ step: null });
});
