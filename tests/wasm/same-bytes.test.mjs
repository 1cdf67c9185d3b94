// The core in WebAssembly answers every script with the bytes of the native binary.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { before, test } from "node:test";
import { cargoTarget } from "../../scripts/lib/paths.mjs";
import { scripts } from "../scripts.mjs";
import { core } from "./core.mjs";

let wasm;

before(async () => {
  wasm = await core();
});

function native(lines) {
  const { stdout, status } = spawnSync(path.join(cargoTarget, "debug", "isolab"), ["node"], {
    input: lines.map((line) => `${line}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0);
  return stdout.split("\n").filter(Boolean);
}

function inThePage(lines) {
  const run = new wasm.Run(lines.join("\n"));
  const replies = [];
  for (let step = 1; step <= run.steps; step++) replies.push(...run.scene(step, {}).reply_lines);
  run.free();
  return replies;
}

for (const { name, lines } of scripts()) {
  test(name, () => assert.deepEqual(inThePage(lines), native(lines)));
}

test("a long run of every kind of message", () => {
  const lines = mixed(2000, 20261121);
  const replies = native(lines);
  assert.ok(replies.length > 1900);
  assert.deepEqual(inThePage(lines), replies);
});

/** Seeded messages over a few keys, some of them wrong. */
function mixed(count, seed) {
  let state = seed >>> 0;
  const below = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const key = () => `k${below(8)}`;
  const kinds = [
    () => ({ type: "mvcc_put", key: key(), value: `${below(1000)}`, timestamp: below(5000) }),
    () => ({ type: "mvcc_get", key: key(), timestamp: below(5000) }),
    () => ({ type: "mvcc_get", key: key(), timestamp: -1 }),
    () => ({ type: "occ_begin" }),
    () => ({ type: "occ_read", txn_id: `t${below(count / 8)}`, key: key() }),
    () => ({
      type: "occ_commit",
      txn_id: `t${below(count / 8)}`,
      writes: [{ key: key(), value: `${below(100)}` }],
      read_versions: [{ key: key(), version: below(40) }],
    }),
    () => ({
      type: "txn_execute",
      operations: [
        { op: "put", key: key(), value: "é\u2028" },
        { op: "get", key: key() },
      ],
    }),
    () => ({
      type: "txn",
      txn: [
        ["append", below(6), below(1e6)],
        ["r", below(6), null],
      ],
    }),
    () => ({ type: "mvcc_gett", key: key() }),
  ];
  const init = { type: "init", msg_id: 1, node_id: "n1", node_ids: ["n1"] };
  const bodies = Array.from({ length: count }, (_, at) => ({ msg_id: at + 2, ...kinds[below(kinds.length)]() }));
  return [init, ...bodies].map((body) => JSON.stringify({ src: `c${below(4)}`, dest: "n1", body }));
}
