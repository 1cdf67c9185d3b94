import { expect, test } from "vitest";

import { Keeper } from "./keeper";
import type { Draft, Saved } from "./store";

const first: Draft = { id: "a", exercise: "occ", name: "mine", language: "python", text: "", revision: 1, changed: 0 };

/** A store whose saves finish when told to. */
function slowStore() {
  const texts: string[] = [];
  const waiting: (() => void)[] = [];
  const put = (seen: Draft, text: string): Promise<Saved> =>
    new Promise((resolve) => {
      texts.push(text);
      waiting.push(() => resolve({ kind: "saved", draft: { ...seen, text, revision: seen.revision + 1 } }));
    });
  const finish = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { texts, finish, put };
}

test("while a save is under way only the latest text waits", async () => {
  const { texts, finish, put } = slowStore();
  const keeper = new Keeper(first, () => {}, put);
  keeper.keep("p");
  keeper.keep("pr");
  keeper.keep("print");
  await finish();
  await finish();
  await keeper.settled();
  expect(texts.at(-1)).toBe("print");
  expect(texts.length).toBeLessThanOrEqual(2);
});

test("a failed save is told, and the next one is tried from the same revision", async () => {
  const seen: number[] = [];
  const told: string[] = [];
  let full = true;
  const keeper = new Keeper(
    first,
    (how) => told.push(how.kind),
    async (draft, text) => {
      seen.push(draft.revision);
      return full ? { kind: "failed", reason: "full" } : { kind: "saved", draft: { ...draft, text, revision: 2 } };
    },
  );
  keeper.keep("a");
  await keeper.settled();
  full = false;
  keeper.keep("ab");
  await keeper.settled();
  expect(told).toEqual(["failed", "saved"]);
  expect(seen).toEqual([1, 1]);
});

test("after a fork the text goes on in the fork", async () => {
  const ids: string[] = [];
  const keeper = new Keeper(
    first,
    () => {},
    async (draft, text) => {
      ids.push(draft.id);
      const fork = { ...draft, id: "b", text };
      return { kind: "forked", draft: fork, other: draft };
    },
  );
  keeper.keep("x");
  await keeper.settled();
  keeper.keep("xy");
  await keeper.settled();
  expect(ids).toEqual(["a", "b"]);
});

test("a text that is kept already does not stop the ones after it", async () => {
  const texts: string[] = [];
  const keeper = new Keeper(
    first,
    () => {},
    async (draft, text) => {
      texts.push(text);
      return { kind: "saved", draft: { ...draft, text } };
    },
  );
  keeper.keep(first.text);
  keeper.keep("next");
  await keeper.settled();
  expect(texts).toEqual(["next"]);
});
