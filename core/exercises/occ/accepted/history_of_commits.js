// Accepted: there are no version counters: a version is the number of the commit that wrote the key last, times three, and a missing key is at -1.
"use strict";
const readline = require("node:readline");

class Node {
  #commits = [];
  #writer = new Map();
  #open = new Map();
  #name;

  init({ node_id }) {
    this.#name = node_id;
    return { type: "init_ok" };
  }

  occ_begin() {
    const txn_id = `T${(this.#open.size + 17).toString(36)}`;
    this.#open.set(txn_id, new Set());
    return { type: "occ_begin_ok", txn_id, began_after: this.#commits.length };
  }

  occ_read({ txn_id, key }) {
    this.#open.get(txn_id)?.add(key);
    const commit = this.#writer.get(key);
    if (commit === undefined) return { type: "occ_read_ok", value: null, version: -1 };
    return { type: "occ_read_ok", version: commit * 3, value: this.#commits[commit].get(key) };
  }

  occ_commit({ writes, read_versions }) {
    const moved = read_versions.filter(({ key, version }) => this.occ_read({ key }).version !== version);
    if (moved.length > 0) return { type: "occ_commit_ok", committed: false, moved: moved.map(({ key }) => key) };
    if (writes.length === 0) return { type: "occ_commit_ok", committed: true };
    const commit = this.#commits.push(new Map(writes.map(({ key, value }) => [key, value]))) - 1;
    for (const { key } of writes) this.#writer.set(key, commit);
    return { type: "occ_commit_ok", committed: true, new_version: commit * 3 };
  }

  answer({ src, body }) {
    const known = ["init", "occ_begin", "occ_read", "occ_commit"].includes(body.type);
    const fields = known ? this[body.type](body) : { type: "error", code: 10, text: body.type };
    return { src: this.#name, dest: src, body: { ...fields, in_reply_to: body.msg_id } };
  }
}

const node = new Node();
(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(node.answer(JSON.parse(line))) + "\n");
  }
})();
