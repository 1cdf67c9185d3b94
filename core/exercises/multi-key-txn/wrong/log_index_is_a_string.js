// Wrong: log_index is sent as a string.
"use strict";
const readline = require("node:readline");

let nodeId = "";
let nextMsgId = 0;

function reply(request, { type, ...fields }) {
  const body = { type, in_reply_to: request.body.msg_id, msg_id: nextMsgId, ...fields };
  nextMsgId += 1;
  console.log(JSON.stringify({ src: nodeId, dest: request.src, body }));
}

function error(request, code, text) {
  reply(request, { type: "error", code, text });
}

const store = new Map();
const log = [];

function fault(operation) {
  if (typeof operation !== "object" || operation === null) return "expected an object";
  if (!["put", "get", "delete"].includes(operation.op)) return "op must be put, get or delete";
  if (typeof operation.key !== "string") return "key must be a string";
  if (operation.op === "put" && (operation.value ?? null) === null) return "a put needs a value";
  return null;
}

function execute(request) {
  const operations = request.body.operations;
  if (!Array.isArray(operations) || operations.length === 0) {
    return error(request, 12, "operations must be a list with at least one operation");
  }
  for (const [position, operation] of operations.entries()) {
    const problem = fault(operation);
    if (problem) return error(request, 12, `operations[${position}]: ${problem}`);
  }
  const results = [];
  let writes = 0;
  for (const { op, key, value } of operations) {
    if (op === "put") {
      store.set(key, value);
      writes += 1;
    } else if (op === "delete") {
      store.delete(key);
      writes += 1;
    } else {
      results.push({ op, key, value: store.get(key) ?? null });
    }
  }
  const body = { type: "txn_execute_ok", committed: true };
  if (writes > 0) {
    log.push(operations);
    body.log_index = String(log.length);
    body.ops_applied = writes;
  }
  if (results.length > 0) body.results = results;
  reply(request, body);
}

function handle(request) {
  const type = request.body.type;
  if (type === "init") {
    nodeId = request.body.node_id;
    reply(request, { type: "init_ok" });
  } else if (type === "txn_execute") {
    execute(request);
  } else {
    error(request, 10, `no such message type: ${type}`);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim()) handle(JSON.parse(line));
});
