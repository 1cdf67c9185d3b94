// What a learner works on: the draft in the editor, kept with every keystroke, and its program.
import type { Exercise } from "../core";
import { Keeper } from "../drafts/keeper";
import { create, drafts, onOtherTab, remove, rename, type Draft, type Saved } from "../drafts/store";
import type { Program } from "../runtime/sandbox";

export type Source = Draft["language"];

const FILE = { python: "main.py", javascript: "main.js" } as const;

/** The work on one exercise. */
export class Work {
  list = $state.raw<Draft[]>([]);
  current = $state.raw<Draft | null>(null);
  text = $state("");
  /** What the reader should know about the last save. */
  notice = $state("");
  /** A compiled program that was dropped in; it runs instead of the draft. */
  module = $state.raw<{ name: string; bytes: Uint8Array<ArrayBuffer> } | null>(null);
  #keeper: Keeper | undefined;
  #undo: Draft | undefined;
  readonly #stop: () => void;

  constructor(readonly exercise: Exercise) {
    this.#stop = onOtherTab(() => void this.#refresh());
  }

  /** The newest draft, or a first one from the starter. */
  async open(): Promise<void> {
    await this.#refresh().catch((error: Error) => (this.notice = `Drafts cannot be kept here: ${error.message}.`));
    const newest = this.list[0];
    if (newest) this.choose(newest);
    else await this.begin("python");
  }

  /** A new draft from the starter of a language, or from a text. */
  async begin(language: Source, text = this.starter(language), name = this.#freeName(language)): Promise<void> {
    const wanted = { exercise: this.exercise.id, name, language, text };
    try {
      this.choose(await create(wanted));
    } catch (error) {
      this.choose({ ...wanted, id: crypto.randomUUID(), revision: 0, changed: 0 });
      this.notice = `This draft could not be kept (${(error as Error).message}). Export it to a file before you leave.`;
    }
    await this.#refresh().catch(() => {});
  }

  choose(draft: Draft): void {
    this.current = draft;
    this.text = draft.text;
    this.module = null;
    this.#keeper = new Keeper(draft, (how) => this.#saved(how));
  }

  /** The text has changed. */
  typed(text: string): void {
    this.text = text;
    this.#keeper?.keep(text);
  }

  async rename(name: string): Promise<void> {
    const draft = this.current;
    if (!draft || name.trim() === "") return;
    await this.#keeper?.settled();
    await rename(draft, name.trim());
    await this.#refresh();
    const fresh = this.list.find((other) => other.id === draft.id);
    if (fresh) this.choose(fresh);
  }

  /** Removes the draft; it can be put back until the page is left. */
  async discard(): Promise<void> {
    if (!this.current) return;
    await this.#keeper?.settled();
    this.#undo = await remove(this.current.id);
    await this.#refresh();
    this.notice = `“${this.current.name}” was removed.`;
    if (this.list[0]) this.choose(this.list[0]);
    else await this.begin(this.current.language);
  }

  get canPutBack(): boolean {
    return this.notice.endsWith("was removed.") && this.#undo !== undefined;
  }

  async putBack(): Promise<void> {
    const gone = this.#undo;
    this.#undo = undefined;
    if (gone) await this.begin(gone.language, gone.text, gone.name);
    this.notice = "";
  }

  starter(language: Source): string {
    return this.exercise.starter.find((program) => program.file === FILE[language])?.text ?? "";
  }

  get file(): string {
    return FILE[this.current?.language ?? "python"];
  }

  /** What is run and graded. */
  get program(): Program {
    if (this.module) return { language: "wasi", source: this.module.bytes, name: this.module.name };
    return { language: this.current?.language ?? "python", source: this.text, name: this.file };
  }

  close(): void {
    this.#stop();
  }

  #saved(how: Saved): void {
    if (how.kind === "failed") this.notice = `Not kept: ${how.reason}.`;
    else {
      if (how.kind === "forked") {
        this.notice = `Another tab changed “${how.other.name}”. What you type here is kept as “${how.draft.name}”.`;
        void this.#refresh();
      } else if (this.notice.startsWith("Not kept")) this.notice = "";
      this.current = how.draft;
    }
  }

  async #refresh(): Promise<void> {
    this.list = await drafts(this.exercise.id);
  }

  #freeName(language: Source): string {
    const names = new Set(this.list.map((draft) => draft.name));
    for (let n = 1; ; n++) {
      const name = n === 1 ? FILE[language] : `${FILE[language]} ${n}`;
      if (!names.has(name)) return name;
    }
  }
}
