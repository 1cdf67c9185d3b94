// Accepted: versions lie in one unsorted list for all keys and a read scans it; replies have extra fields, no order of keys, and come in bursts.
"use strict";
let me;
let sent = 41;
const everything = [];
const counts = new Map();

const respond = {
  init({ node_id }) {
    me = node_id;
    return { type: "init_ok", hello: node_id };
  },
  mvcc_put({ key, value, timestamp }) {
    const version = (counts.get(key) ?? 0) + 1;
    counts.set(key, version);
    everything.push({ key, value, timestamp, version });
    return { timestamp, chain_length: version, version, type: "mvcc_put_ok" };
  },
  mvcc_get({ key, read_timestamp }) {
    let best = null;
    for (const v of everything) {
      if (v.key === key && v.timestamp <= read_timestamp && (best === null || v.timestamp > best.timestamp)) best = v;
    }
    if (best === null) return { type: "mvcc_get_ok", value: null };
    return { type: "mvcc_get_ok", as_of_timestamp: best.timestamp, value: best.value, version: best.version, key };
  },
};

let rest = "";
process.stdin.on("data", (chunk) => {
  rest += chunk.toString("latin1");
  const lines = rest.split("\n");
  rest = lines.pop();
  let burst = "";
  for (const line of lines) {
    if (!line) continue;
    const message = JSON.parse(Buffer.from(line, "latin1").toString("utf8"));
    const handler = respond[message.body.type] ?? (() => ({ type: "error", code: 10, text: "not supported" }));
    const body = { ...handler(message.body), msg_id: (sent += 2), in_reply_to: message.body.msg_id };
    burst += JSON.stringify({ body, src: me, dest: message.src }) + "\n";
  }
  process.stdout.write(burst);
});
