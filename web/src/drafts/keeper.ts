/**
 * Keeps a draft while it is typed: at most one save under way, the latest text
 * always next, and nothing left behind when the page is hidden or closed.
 */
import { save, type Draft, type Saved } from "./store";

/** Saves texts one after the other. */
export class Keeper {
  #text: string | undefined;
  #saving: Promise<void> | undefined;
  #busy = false;

  constructor(
    private draft: Draft,
    private readonly told: (how: Saved) => void,
    private readonly put: typeof save = save,
  ) {}

  /** The text has changed. */
  keep(text: string): void {
    this.#text = text;
    if (!this.#busy) this.#saving = this.#run();
  }

  /** Resolves when everything typed so far is kept, or could not be. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#text !== undefined) {
      const text = this.#text;
      this.#text = undefined;
      if (text === this.draft.text) continue;
      const how = await this.put(this.draft, text);
      if (how.kind !== "failed") this.draft = how.draft;
      this.told(how);
    }
    this.#busy = false;
  }
}
