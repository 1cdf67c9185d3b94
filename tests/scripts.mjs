// Every script of the course: the cases of every exercise, as the lines that a node reads.
import fs from "node:fs";
import path from "node:path";
import { at } from "../scripts/lib/paths.mjs";

const course = at("core", "exercises");

/** `{ name, lines }` for each case, in a fixed order. */
export function scripts() {
  return fs
    .readdirSync(course)
    .sort()
    .filter((exercise) => fs.existsSync(path.join(course, exercise, "cases")))
    .flatMap((exercise) => casesOf(exercise));
}

function casesOf(exercise) {
  const folder = path.join(course, exercise, "cases");
  const files = fs.readdirSync(folder).sort();
  return files.flatMap((file) => {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    if (file === "published.json") {
      return JSON.parse(text).map(({ name, input }) => ({ name: `${exercise}: ${name}`, lines: input }));
    }
    // The first line is the header.
    const lines = text.split("\n").filter(Boolean).slice(1);
    return [{ name: `${exercise}/${file}`, lines }];
  });
}
