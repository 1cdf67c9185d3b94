import { expect, test } from "vitest";

import { remarks } from "./remarks";

test("a Python traceback points to the innermost line of the program", () => {
  const stderr =
    'Traceback (most recent call last):\n  File "main.py", line 9, in <module>\n    main()\n  File "main.py", line 4, in main\n    x = {}["a"]\nKeyError: \'a\'\n';
  expect(remarks(stderr, "main.py")).toEqual([{ line: 4, text: "KeyError: 'a'" }]);
});

test("a JavaScript stack points to its first line in the program", () => {
  const stderr = "TypeError: x is not a function\n    at handle (main.js:12:3)\n    at main.js:30:1\n";
  expect(remarks(stderr, "main.js")).toEqual([{ line: 12, text: "TypeError: x is not a function" }]);
});

test("what is no traceback points nowhere", () => {
  expect(remarks("starting up\n", "main.py")).toEqual([]);
});
