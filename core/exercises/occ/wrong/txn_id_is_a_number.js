// Wrong: transactions are named by numbers instead of strings.
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

// key -> { value, version }
const store = new Map();
let begun = 0;

const current = (key) => store.get(key) ?? { value: null, version: 0 };

function begin(request) {
  begun += 1;
  reply(request, { type: "occ_begin_ok", txn_id: begun });
}

function read(request) {
  reply(request, { type: "occ_read_ok", ...current(request.body.key) });
}

function commit(request) {
  const { writes, read_versions } = request.body;
  const valid = read_versions.every(({ key, version }) => current(key).version === version);
  if (!valid) return reply(request, { type: "occ_commit_ok", committed: false });
  let newVersion;
  for (const { key, value } of writes) {
    const version = current(key).version + 1;
    store.set(key, { value, version });
    newVersion = Math.max(version, newVersion ?? 0);
  }
  reply(request, { type: "occ_commit_ok", committed: true, new_version: newVersion });
}

function handle(request) {
  const type = request.body.type;
  if (type === "init") {
    nodeId = request.body.node_id;
    reply(request, { type: "init_ok" });
  } else if (type === "occ_begin") {
    begin(request);
  } else if (type === "occ_read") {
    read(request);
  } else if (type === "occ_commit") {
    commit(request);
  } else {
    error(request, 10, `no such message type: ${type}`);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim()) handle(JSON.parse(line));
});
