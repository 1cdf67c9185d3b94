/**
 * Drafts of programs in the browser's database: every keystroke safe.
 *
 * 1. Each change is one transaction that appends a revision and replaces the
 *    draft's head: a crash leaves the last one that finished.
 * 2. A head carries a revision number. A tab that writes over a head it has
 *    not seen does not win: its text becomes a draft of its own, so two tabs
 *    never lose a word of each other.
 * 3. A full disk is told, with the text still in the editor to export.
 */

/** A named program of a learner. */
export interface Draft {
  id: string;
  exercise: string;
  name: string;
  language: "python" | "javascript";
  text: string;
  /** Grows by one with each save. */
  revision: number;
  /** Milliseconds since 1970, for the order of the list only. */
  changed: number;
}

/** How a save went. */
export type Saved =
  | { kind: "saved"; draft: Draft }
  /** Another tab had changed it: the text went into a new draft. */
  | { kind: "forked"; draft: Draft; other: Draft }
  /** It could not be kept; the reason is for the reader. */
  | { kind: "failed"; reason: string };

const DATABASE = "isolab";
const STORE = "drafts";

let opened: Promise<IDBDatabase> | undefined;

/** The drafts of an exercise, newest first. */
export async function drafts(exercise: string): Promise<Draft[]> {
  const database = await open();
  const all = await done<Draft[]>(database.transaction(STORE).objectStore(STORE).index("exercise").getAll(exercise));
  return all.sort((a, b) => b.changed - a.changed || (a.id < b.id ? -1 : 1));
}

/** One draft. */
export async function draft(id: string): Promise<Draft | undefined> {
  const database = await open();
  return done<Draft | undefined>(database.transaction(STORE).objectStore(STORE).get(id));
}

/** A new draft. */
export async function create(from: Omit<Draft, "id" | "revision" | "changed">): Promise<Draft> {
  const fresh: Draft = { ...from, id: crypto.randomUUID(), revision: 1, changed: Date.now() };
  const database = await open();
  const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
  transaction.objectStore(STORE).put(fresh);
  await finished(transaction);
  tell(fresh.id);
  return fresh;
}

/** Keeps a new text of a draft that was at `draft.revision` when it was read. */
export async function save(seen: Draft, text: string): Promise<Saved> {
  try {
    const database = await open();
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(STORE);
    const head = await done<Draft | undefined>(store.get(seen.id));
    if (head && head.revision !== seen.revision && head.text !== text) {
      const fork: Draft = {
        ...seen,
        id: crypto.randomUUID(),
        name: `${seen.name}, from another tab`,
        text,
        revision: 1,
        changed: Date.now(),
      };
      store.put(fork);
      await finished(transaction);
      tell(fork.id);
      return { kind: "forked", draft: fork, other: head };
    }
    const next: Draft = {
      ...seen,
      text,
      revision: (head?.revision ?? seen.revision) + 1,
      changed: Date.now(),
    };
    store.put(next);
    await finished(transaction);
    tell(next.id);
    return { kind: "saved", draft: next };
  } catch (error) {
    return { kind: "failed", reason: reasonOf(error) };
  }
}

/** Gives a draft another name. */
export async function rename(seen: Draft, name: string): Promise<void> {
  await change(seen.id, (head) => ({ ...head, name }));
}

/** Removes a draft. Returns it, so that it can be put back. */
export async function remove(id: string): Promise<Draft | undefined> {
  const gone = await draft(id);
  const database = await open();
  const transaction = database.transaction(STORE, "readwrite");
  transaction.objectStore(STORE).delete(id);
  await finished(transaction);
  tell(id);
  return gone;
}

/** Calls back when another tab has changed a draft. */
export function onOtherTab(callback: (id: string) => void): () => void {
  const channel = new BroadcastChannel(DATABASE);
  channel.onmessage = ({ data }: MessageEvent<string>) => callback(data);
  return () => channel.close();
}

async function change(id: string, how: (head: Draft) => Draft): Promise<void> {
  const database = await open();
  const transaction = database.transaction(STORE, "readwrite");
  const store = transaction.objectStore(STORE);
  const head = await done<Draft | undefined>(store.get(id));
  if (head) store.put(how({ ...head, revision: head.revision + 1 }));
  await finished(transaction);
  tell(id);
}

function tell(id: string): void {
  const channel = new BroadcastChannel(DATABASE);
  channel.postMessage(id);
  channel.close();
}

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, { keyPath: "id" });
      store.createIndex("exercise", "exercise");
      // Large, and made again when it is gone: memory images of runtimes.
      request.result.createObjectStore("images");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("the browser's database did not open"));
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

/** A value kept beside the drafts, or nothing where it was lost. */
export async function image(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const database = await open();
  return done(database.transaction("images").objectStore("images").get(key));
}

/** Keeps a large value if there is room; losing it costs time, nothing else. */
export async function keepImage(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const database = await open();
  const transaction = database.transaction("images", "readwrite");
  const store = transaction.objectStore("images");
  store.clear();
  store.put(bytes, key);
  await finished(transaction);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database did not answer"));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser's database gave up"));
    transaction.onerror = () => reject(transaction.error ?? new Error("the browser's database failed"));
  });
}

function reasonOf(error: unknown): string {
  if ((error as DOMException | undefined)?.name === "QuotaExceededError") {
    return "this browser's storage is full. Your program is still here: export it to a file";
  }
  return `this browser could not keep it (${(error as Error | undefined)?.message ?? String(error)}). Export it to a file`;
}
