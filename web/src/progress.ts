// Progress as plain data: what a file of it holds, and where a learner goes on.

export interface ExerciseProgress {
  /** Cases that were opened in the replay. */
  replayed: string[];
  /** How many hints were shown. */
  hints: number;
  /** The last grade. */
  strict: { passed: number; total: number } | null;
}

export interface Progress {
  format: "isolab-progress";
  version: 1;
  exercises: Record<string, ExerciseProgress>;
}

export const emptyProgress = (): Progress => ({ format: "isolab-progress", version: 1, exercises: {} });

/** Reads what an export wrote; throws with the place and what was expected there. */
export function readProgress(text: string): Progress {
  const data: unknown = JSON.parse(text);
  const file = object(data, "the file");
  if (file.format !== "isolab-progress") throw new Error('format: expected "isolab-progress"');
  if (file.version !== 1) throw new Error("version: expected 1");
  const progress = emptyProgress();
  for (const [id, value] of Object.entries(object(file.exercises, "exercises"))) {
    const entry = object(value, `exercises.${id}`);
    const replayed = entry.replayed;
    if (!Array.isArray(replayed) || replayed.some((name) => typeof name !== "string")) {
      throw new Error(`exercises.${id}.replayed: expected a list of case names`);
    }
    progress.exercises[id] = {
      replayed: replayed as string[],
      hints: count(entry.hints, `exercises.${id}.hints`),
      strict:
        entry.strict === null || entry.strict === undefined ? null : grade(entry.strict, `exercises.${id}.strict`),
    };
  }
  return progress;
}

function grade(value: unknown, place: string) {
  const entry = object(value, place);
  return { passed: count(entry.passed, `${place}.passed`), total: count(entry.total, `${place}.total`) };
}

function object(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${place}: expected an object`);
  return value as Record<string, unknown>;
}

function count(value: unknown, place: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw new Error(`${place}: expected a whole number`);
  return value;
}

export type Standing = { kind: "not begun" } | { kind: "begun"; words: string } | { kind: "passed"; words: string };

/** Where the learner stands in an exercise that has so many cases. */
export function standing(entry: ExerciseProgress | undefined, cases: number): Standing {
  if (entry?.strict) {
    const words = `${entry.strict.passed} of ${entry.strict.total} strict`;
    return entry.strict.passed === entry.strict.total
      ? { kind: "passed", words: `passed ${words}` }
      : { kind: "begun", words };
  }
  if (entry && (entry.replayed.length > 0 || entry.hints > 0)) {
    return { kind: "begun", words: `${entry.replayed.length} of ${cases} cases replayed` };
  }
  return { kind: "not begun" };
}

/** The exercise to go on with: the last one begun that is not passed, else the first one not passed. */
export function goOnWith(progress: Progress, ids: string[]): string | undefined {
  const passed = (id: string) => {
    const strict = progress.exercises[id]?.strict;
    return strict ? strict.passed === strict.total : false;
  };
  const begun = ids.filter((id) => progress.exercises[id] && !passed(id));
  return begun.at(-1) ?? ids.find((id) => !passed(id)) ?? ids[0];
}
