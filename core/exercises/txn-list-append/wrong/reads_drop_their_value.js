// Wrong: a completed read has only its function and its key.
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

// The text of a key -> its list: 1 and "1" are two keys.
const lists = new Map();

function transact(request) {
  const completed = [];
  for (const [f, key, value] of request.body.txn) {
    const name = JSON.stringify(key);
    if (f === "append") {
      lists.set(name, [...(lists.get(name) ?? []), value]);
      completed.push([f, key, value]);
    } else {
      completed.push([f, key]);
    }
  }
  reply(request, { type: "txn_ok", txn: completed });
}

function handle(request) {
  const type = request.body.type;
  if (type === "init") {
    nodeId = request.body.node_id;
    reply(request, { type: "init_ok" });
  } else if (type === "txn") {
    transact(request);
  } else {
    error(request, 10, `no such message type: ${type}`);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim()) handle(JSON.parse(line));
});
