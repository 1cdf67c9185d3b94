// The course as the build wrote it: what home shows at once, and each exercise when it is opened.
import type { CourseEntry, Exercise } from "./core";
import entries from "./generated/course/index.json";

export const course = entries as CourseEntry[];

const files = import.meta.glob<{ default: Exercise }>("./generated/course/exercise-*.json");

export function entryOf(id: string): CourseEntry | undefined {
  return course.find((entry) => entry.id === id);
}

/** An exercise with its statement, hints and cases. */
export async function loadExercise(id: string): Promise<Exercise> {
  const load = files[`./generated/course/exercise-${id}.json`];
  if (!load) throw new Error(`There is no exercise “${id}” in this course.`);
  return (await load()).default;
}
