// Accepted: a rejected batch is answered with committed: false, a read of nothing with error 20, and replies have extra fields.
"use strict";
const rl = require("readline").createInterface({ input: process.stdin, terminal: false });

class Missing extends Error {}
class Rejected extends Error {}

let state = Object.create(null);
let index = 100;
let sent = 1000;
let me;

const steps = {
  put(draft, { key, value }) {
    if (value === undefined) throw new Rejected("nothing to put");
    draft.state[key] = value;
    draft.writes += 1;
  },
  delete(draft, { key }) {
    delete draft.state[key];
    draft.writes += 1;
  },
  get(draft, { key }) {
    if (!(key in draft.state)) throw new Missing(key);
    draft.results.push({ op: "get", key, value: draft.state[key], found: true });
  },
};

function transact(operations) {
  const draft = { state: Object.assign(Object.create(null), state), results: [], writes: 0 };
  for (const operation of operations) {
    if (typeof operation.key !== "string" || !Object.hasOwn(steps, operation.op)) throw new Rejected("no such operation");
  }
  for (const operation of operations) steps[operation.op](draft, operation);
  state = draft.state;
  const body = { committed: true, took: "no time", results: draft.results };
  if (draft.writes > 0) Object.assign(body, { log_index: ++index, ops_applied: draft.writes });
  return { ...body, type: "txn_execute_ok" };
}

function respond({ type, node_id, operations }) {
  if (type === "init") {
    me = node_id;
    return { type: "init_ok", version: "1.0" };
  }
  if (type !== "txn_execute") return { type: "error", code: 10 };
  try {
    return transact(operations);
  } catch (reason) {
    if (reason instanceof Missing) return { type: "error", code: 20, text: `no key ${reason.message}` };
    if (reason instanceof Rejected) return { type: "txn_execute_ok", committed: false, reason: reason.message };
    throw reason;
  }
}

rl.on("line", (line) => {
  const { src, body } = JSON.parse(line);
  const reply = respond(body);
  console.log(JSON.stringify({ dest: src, body: { ...reply, msg_id: sent++, in_reply_to: body.msg_id }, src: me }));
});
