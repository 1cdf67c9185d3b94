import { expect, test } from "vitest";

import { loadable } from "./syntax";

test("a CommonJS program keeps its lines behind the wrapper", () => {
  const { kind, text } = loadable("#!/usr/bin/env node\nx = 1;\nthrow x");
  expect(kind).toBe("script");
  expect(text.split("\n")[2]).toBe("throw x");
});

test.each([
  ['import readline from "node:readline";', 'const readline = require("node:readline");'],
  ["import * as fs from 'fs'", 'const fs = require("fs");'],
  ['import { a, b as c } from "util";', 'const { a, b: c } = require("util");'],
  ['import d, { e } from "x";', 'const d = require("x"); const { e } = require("x");'],
])("%s", (statement, expected) => {
  expect(loadable(statement)).toEqual({ kind: "module", text: expected });
});

test("an import over several lines keeps the lines below it in place", () => {
  const { text } = loadable('import {\n  a,\n  b\n} from "fs";\nsecond();');
  expect(text.split("\n")[4]).toBe("second();");
});
