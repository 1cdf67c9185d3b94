// Where the learner stands: kept in this browser, exported and imported as a file.
import { type Progress, emptyProgress, readProgress } from "./progress";

const place = "isolab.progress";

class Learner {
  progress = $state<Progress>(this.#kept());

  /** A case was opened in the replay. */
  replayed(exercise: string, caseId: string): void {
    const entry = this.#entry(exercise);
    if (!entry.replayed.includes(caseId)) entry.replayed.push(caseId);
    this.#keep();
  }

  hintsShown(exercise: string, hints: number): void {
    const entry = this.#entry(exercise);
    entry.hints = Math.max(entry.hints, hints);
    this.#keep();
  }

  /** A program was graded. */
  graded(exercise: string, passed: number, total: number): void {
    this.#entry(exercise).strict = { passed, total };
    this.#keep();
  }

  replace(progress: Progress): void {
    this.progress = progress;
    this.#keep();
  }

  reset(): void {
    this.replace(emptyProgress());
  }

  #entry(exercise: string) {
    return (this.progress.exercises[exercise] ??= { replayed: [], hints: 0, strict: null });
  }

  #keep(): void {
    try {
      localStorage.setItem(place, JSON.stringify(this.progress));
    } catch {
      // A browser without storage keeps progress for as long as the page is open.
    }
  }

  #kept(): Progress {
    try {
      return readProgress(localStorage.getItem(place) ?? "");
    } catch {
      return emptyProgress();
    }
  }
}

export const learner = new Learner();
