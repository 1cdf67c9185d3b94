// Accepted: one log entry per batch, counted by 7; the state is an immutable chain of maps and every put adds a link.
"use strict";

const makeNode = () => {
  let name;
  let sequence = 0;
  let entry = 7;
  let lookup = () => null;

  const withBinding = (find, key, value) => (wanted) => (wanted === key ? value : find(wanted));
  const isValid = (o) =>
    o !== null && typeof o === "object" && typeof o.key === "string" &&
    (o.op === "get" || o.op === "delete" || (o.op === "put" && o.value !== undefined && o.value !== null));

  // A chain of closures would grow without end: rebuild it from a Map now and then.
  let bindings = new Map();
  const settle = () => {
    const snapshot = bindings;
    lookup = (key) => snapshot.get(key) ?? null;
  };
  settle();

  const execute = ({ operations }) => {
    if (!Array.isArray(operations) || !operations.every(isValid)) {
      return { type: "error", code: 12, text: "the batch is rejected" };
    }
    let find = lookup;
    const next = new Map(bindings);
    const results = [];
    let writes = 0;
    for (const o of operations) {
      if (o.op === "get") {
        results.push({ op: o.op, key: o.key, value: find(o.key) });
      } else {
        find = withBinding(find, o.key, o.op === "put" ? o.value : null);
        o.op === "put" ? next.set(o.key, o.value) : next.delete(o.key);
        writes += 1;
      }
    }
    const body = { type: "txn_execute_ok", committed: true };
    if (results.length) body.results = results;
    if (writes) {
      bindings = next;
      settle();
      body.ops_applied = writes;
      body.log_index = entry;
      entry += 7;
    }
    return body;
  };

  const handlers = {
    init: ({ node_id }) => {
      name = node_id;
      return { type: "init_ok" };
    },
    txn_execute: execute,
  };

  return ({ src, body }) => {
    const handler = handlers[body.type] ?? (() => ({ type: "error", code: 10, text: `unknown: ${body.type}` }));
    const answer = handler(body);
    return { src: name, dest: src, body: { ...answer, in_reply_to: body.msg_id, msg_id: sequence++ } };
  };
};

const node = makeNode();
let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    if (line.trim() !== "") process.stdout.write(JSON.stringify(node(JSON.parse(line))) + "\n");
  }
});
