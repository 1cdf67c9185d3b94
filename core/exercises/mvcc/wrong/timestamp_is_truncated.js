// Wrong: timestamps are cut to 32 bits.
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

// key -> its versions in the order of their timestamps
const chains = new Map();

function put(request) {
  const { key, value } = request.body;
  const timestamp = request.body.timestamp | 0;
  if (!chains.has(key)) chains.set(key, []);
  const chain = chains.get(key);
  const version = { number: chain.length + 1, timestamp, value };
  chain.push(version);
  chain.sort((a, b) => a.timestamp - b.timestamp);
  reply(request, { type: "mvcc_put_ok", version: version.number, timestamp });
}

function get(request) {
  const { key, read_timestamp } = request.body;
  const visible = (chains.get(key) ?? []).filter((version) => version.timestamp <= read_timestamp);
  const found = visible.at(-1) ?? { value: null, number: 0, timestamp: null };
  reply(request, {
    type: "mvcc_get_ok",
    value: found.value,
    version: found.number,
    as_of_timestamp: found.timestamp,
  });
}

function handle(request) {
  const type = request.body.type;
  if (type === "init") {
    nodeId = request.body.node_id;
    reply(request, { type: "init_ok" });
  } else if (type === "mvcc_put") {
    put(request);
  } else if (type === "mvcc_get") {
    get(request);
  } else {
    error(request, 10, `no such message type: ${type}`);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim()) handle(JSON.parse(line));
});
