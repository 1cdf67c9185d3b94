// Wrong: the records are rolled forward first and the mark is set after that.
"use strict";
const readline = require("node:readline");

const CODES = new Map([
  [2, ["RECORD_NOT_FOUND", 20]], [3, ["GENERATION_ERROR", 22]], [4, ["PARAMETER_ERROR", 12]],
  [5, ["RECORD_EXISTS", 21]], [9, ["TIMEOUT", 0]], [12, ["INCOMPATIBLE_TYPE", 12]],
  [16, ["UNSUPPORTED_FEATURE", 10]], [20, ["INVALID_NAMESPACE", 12]], [22, ["FORBIDDEN", 22]],
  [120, ["MRT_BLOCKED", 30]], [121, ["MRT_VERSION_MISMATCH", 30]], [122, ["MRT_EXPIRED", 14]],
  [123, ["MRT_TOO_MANY_WRITES", 22]], [124, ["MRT_COMMITTED", 22]], [125, ["MRT_ABORTED", 14]],
  [126, ["MRT_ALREADY_LOCKED", 21]], [127, ["MRT_MONITOR_EXISTS", 21]], [-2, ["ERR_PARAM", 12]],
  [-16, ["BATCH_FAILED", 14]], [-17, ["TXN_FAILED", 14]], [-18, ["TXN_ALREADY_COMMITTED", 22]],
  [-19, ["TXN_ALREADY_ABORTED", 22]],
]);

class Refused extends Error {
  constructor(code, fields = {}, text = CODES.get(code)[0]) {
    super(text);
    this.code = code;
    this.fields = fields;
  }

  body() {
    const [name, wire] = CODES.get(this.code);
    const code = this.fields.commit_error && this.fields.in_doubt ? 13 : wire;
    return { type: "error", code, text: this.message, result_code: this.code, result_name: name, ...this.fields };
  }
}

// --- digests ---

const ORDERS = [
  ["0123456789abcdef", "74d1a6f3c0952eb8", "3ae49f812706db5c", "19ba08c4d37fe562", "40597c2ae138b6fd"],
  ["5e7092b4d6f81a3c", "6b370d5aef8c4912", "f5137e69b8c2a04d", "86413bf05c2d97ae", "cfa4158762de039b"],
];
const SHIFTS = [
  ["befc5879bdef6798", "768db97f7cf9b7dc", "bd67e9dfe8d65c75", "bcefef989e56865c", "9f5b68dc5cdeb856"],
  ["899bdff5778beec6", "9df7c89b77c76fdb", "97fb866ecd5edd75", "f58bee6e69c9c5f8", "85c9c5e68d65fdbb"],
];
const ADDS = [
  [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e],
  [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0],
];
const MIXES = [
  (x, y, z) => x ^ y ^ z,
  (x, y, z) => (x & y) | (~x & z),
  (x, y, z) => (x | ~y) ^ z,
  (x, y, z) => (x & z) | (y & ~z),
  (x, y, z) => x ^ (y | ~z),
];

function ripemd160(data) {
  const padded = new Uint8Array((Math.floor((data.length + 8) / 64) + 1) * 64);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, data.length * 8, true);
  const turn = (x, n) => (x << n) | (x >>> (32 - n));
  let h = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < padded.length; start += 64) {
    const lines = [0, 1].map((side) => {
      let [a, b, c, d, e] = h;
      for (let round = 0; round < 5; round += 1) {
        const mix = MIXES[side === 0 ? round : 4 - round];
        for (let at = 0; at < 16; at += 1) {
          const word = view.getUint32(start + 4 * parseInt(ORDERS[side][round][at], 16), true);
          const sum = turn((a + mix(b, c, d) + word + ADDS[side][round]) | 0, parseInt(SHIFTS[side][round][at], 16)) + e;
          [a, e, d, c, b] = [e, d, turn(c, 10), b, sum | 0];
        }
      }
      return [a, b, c, d, e];
    });
    h = h.map((_, i) => (h[(i + 1) % 5] + lines[0][(i + 2) % 5] + lines[1][(i + 3) % 5]) | 0);
  }
  return h.map((word) => {
    const bytes = [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, "0"));
    return bytes.join("");
  }).join("");
}

/** The digest in hexadecimal: its order as text is its order as bytes. */
function digestOf(set, user) {
  const key = typeof user === "string" ? [3, ...new TextEncoder().encode(user)] : [1, ...bigEndian(user)];
  return ripemd160(Uint8Array.from([...new TextEncoder().encode(set ?? ""), ...key]));
}

function bigEndian(number) {
  const bits = BigInt.asUintN(64, BigInt(number));
  return [56n, 48n, 40n, 32n, 24n, 16n, 8n, 0n].map((shift) => Number((bits >> shift) & 255n));
}

const byteAt = (digest, at) => parseInt(digest.slice(2 * at, 2 * at + 2), 16);

function readKey(parts) {
  if (!Array.isArray(parts) || parts.length !== 3) throw new Refused(4);
  const [namespace, set, user] = parts;
  if (typeof namespace !== "string" || (typeof set !== "string" && set !== null)) throw new Refused(4);
  if (typeof user !== "string" && !Number.isInteger(user)) throw new Refused(4);
  return { parts, namespace, set, digest: digestOf(set, user) };
}

// --- the two maps of a transaction ---

class Chains {
  constructor(capacity) {
    this.nRows = capacity === undefined ? 128 : 2 * Math.max(16, capacity);
    this.rows = new Map();
  }

  rowOf(digest) {
    const word = [0, 1, 2, 3].reduce((sum, at) => sum + byteAt(digest, at) * 256 ** at, 0);
    return word % this.nRows;
  }

  find(digest) {
    return (this.rows.get(this.rowOf(digest)) ?? []).find((entry) => entry.key.digest === digest);
  }

  put(key, version) {
    const entry = this.find(key.digest);
    if (entry) {
      entry.version = version;
      return;
    }
    const row = this.rowOf(key.digest);
    const chain = this.rows.get(row) ?? [];
    chain.splice(1, 0, { key, version });
    this.rows.set(row, chain);
  }

  remove(digest) {
    const row = this.rowOf(digest);
    const chain = (this.rows.get(row) ?? []).filter((entry) => entry.key.digest !== digest);
    if (chain.length > 0) this.rows.set(row, chain);
    else this.rows.delete(row);
  }

  used() {
    return [...this.rows].sort(([a], [b]) => a - b);
  }

  entries() {
    return this.used().flatMap(([, chain]) => chain);
  }
}

class Txn {
  constructor(id, { timeout = 0, reads_capacity, writes_capacity }) {
    Object.assign(this, { id, timeout, namespace: null, deadline: 0, state: "OPEN" });
    Object.assign(this, { writeInDoubt: false, inDoubt: false });
    this.reads = new Chains(reads_capacity);
    this.writes = new Chains(writes_capacity);
  }

  prepare(keys) {
    if (this.state !== "OPEN") throw new Refused(-2, {}, `Issuing commands is forbidden: the state is ${this.state}.`);
    for (const { namespace } of keys) {
      this.namespace ??= namespace;
      if (this.namespace !== namespace) {
        throw new Refused(-2, {}, `Namespace must be the same. orig: ${this.namespace} new: ${namespace}`);
      }
    }
  }

  onRead(key, version) {
    if (version) this.reads.put(key, version);
  }

  onWrite(key) {
    this.reads.remove(key.digest);
    this.writes.put(key, null);
  }

  clear() {
    Object.assign(this, { namespace: null, deadline: 0 });
    this.reads.rows.clear();
    this.writes.rows.clear();
  }
}

// --- the server ---

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const sameVersion = (a, b) => a[0] === b[0] && a[1] === b[1];
const versionOf = (stored) => (stored ? [stored.lut, stored.generation] : [0, 0]);

class Server {
  constructor(config) {
    this.namespaces = new Map();
    for (const [name, options] of Object.entries(config.namespaces ?? { test: {} })) {
      this.namespaces.set(name, { strong: options.strong_consistency ?? true, records: new Map() });
    }
    this.duration = config.mrt_duration ?? 10;
    this.maxWrites = config.max_writes ?? 4096;
    this.disabled = config.disable_mrt_writes ?? false;
    this.monitors = new Map();
    this.spent = new Set();
    this.now = 0;
    this.lut = 0;
  }

  checkNamespace(name, inTxn) {
    const namespace = this.namespaces.get(name);
    if (!namespace) throw new Refused(20);
    if (inTxn && !namespace.strong) throw new Refused(16, { subcode: 1 });
    return namespace;
  }

  record({ namespace, digest }, key) {
    return this.namespaces.get(namespace).records.get(digest) ?? { key, committed: null, provisional: null, owner: null };
  }

  keep(record) {
    const { records } = this.namespaces.get(record.key.namespace);
    if (record.committed || record.owner !== null) records.set(record.key.digest, record);
    else records.delete(record.key.digest);
  }

  stored(bins, generation) {
    this.lut += 1;
    return { bins, generation, lut: this.lut };
  }

  checkVersion(record, key, txn) {
    const sent = txn?.reads.find(key.digest);
    if (sent && !sameVersion(sent.version, versionOf(record.committed))) throw new Refused(121);
  }

  read(key, txn) {
    const record = this.record(key, key);
    if (txn && record.owner !== null) {
      if (record.owner !== txn.id) throw new Refused(120, { subcode: 2 });
      return { stored: record.provisional, version: null };
    }
    this.checkVersion(record, key, txn);
    return { stored: record.committed, version: versionOf(record.committed) };
  }

  write(key, txn, change) {
    if (txn && change.deletes && !change.durable) throw new Refused(22, { subcode: 8 });
    const record = this.record(key, key);
    const own = txn !== null && record.owner === txn.id;
    if (record.owner !== null && !own) throw new Refused(120, { subcode: txn ? 2 : 1 });
    if (!own) this.checkVersion(record, key, txn);
    if (txn && txn.deadline !== 0 && this.now >= txn.deadline) throw new Refused(122);
    const base = own ? record.provisional : record.committed;
    const live = base?.bins ?? null;
    let done;
    try {
      change.check(live, own, live ? base.generation : 0);
      done = change.apply(live);
    } catch (refused) {
      if (!own) refused.seen = versionOf(base);
      throw refused;
    }
    const generation = (base?.generation ?? 0) + 1;
    const stored = done.bins || change.durable ? this.stored(done.bins, generation) : null;
    if (txn) Object.assign(record, { provisional: stored, owner: txn.id });
    else record.committed = stored;
    this.keep(record);
    return { generation: done.bins ? generation : 0, read: done.read };
  }

  verify(key, version) {
    const record = this.record(key, key);
    if (record.owner !== null) throw new Refused(120);
    if (!sameVersion(version, versionOf(record.committed))) throw new Refused(121);
  }

  roll(namespace, digest, id, forward) {
    const record = this.namespaces.get(namespace).records.get(digest);
    if (!record || record.owner !== id) return;
    const { provisional, committed } = record;
    Object.assign(record, { provisional: null, owner: null });
    const next = provisional.generation + 1;
    if (forward) record.committed = this.stored(provisional.bins, next);
    else if (committed?.bins) record.committed = this.stored(committed.bins, next);
    this.keep(record);
  }

  openMonitor(where) {
    const monitor = this.monitors.get(where);
    if (!monitor) throw new Refused(122);
    if (monitor.aborted) throw new Refused(125);
    if (monitor.fwd) throw new Refused(124);
    if (this.now >= monitor.deadline) throw new Refused(122);
    return monitor;
  }

  addKeys(txn, digests) {
    const where = monitorKey(txn);
    const known = txn.deadline !== 0;
    if (!known) this.mayCreate(where, txn);
    const monitor = known ? this.openMonitor(where) : null;
    const keyds = new Set([...(monitor?.keyds ?? []), ...digests]);
    if (keyds.size > this.maxWrites) throw new Refused(123);
    if (monitor) {
      monitor.keyds = keyds;
      return monitor.deadline;
    }
    const deadline = this.now + (txn.timeout || this.duration);
    this.monitors.set(where, { id: txn.id, namespace: txn.namespace, keyds, deadline, fwd: false, aborted: false });
    return deadline;
  }

  mayCreate(where, txn) {
    if (this.disabled) throw new Refused(22);
    if (this.monitors.has(where)) throw new Refused(127);
    if (this.spent.has(where)) throw new Refused(122);
    if (txn.timeout > 120) throw new Refused(22);
  }

  close(where) {
    if (this.monitors.delete(where)) this.spent.add(where);
  }

  sweep() {
    const done = { rolled_forward: 0, rolled_back: 0, closed: 0 };
    for (const [where, monitor] of [...this.monitors]) {
      const rollAll = (forward) => {
        for (const digest of [...monitor.keyds].sort()) this.roll(monitor.namespace, digest, monitor.id, forward);
      };
      if (!monitor.fwd && !monitor.aborted) {
        if (this.now < monitor.deadline) continue;
        rollAll(false);
        monitor.aborted = true;
        done.rolled_back += 1;
        continue;
      }
      if (monitor.fwd) {
        rollAll(true);
        done.rolled_forward += 1;
      }
      this.close(where);
      done.closed += 1;
    }
    return done;
  }
}

const monitorKey = (txn) => `${txn.id} ${txn.namespace}`;

/** A write: operations in order, and the conditions on them. */
class Change {
  constructor(ops, { exists = "update", generation = null, on_locking_only = false, durable = false }) {
    if (!["update", "create_only", "update_only", "replace", "replace_only"].includes(exists)) throw new Refused(4);
    Object.assign(this, { ops, exists, generation, onLockingOnly: on_locking_only, durable });
    const has = (...names) => ops.some(({ op }) => names.includes(op));
    this.deletes = has("delete");
    this.mustExist = ["update_only", "replace_only"].includes(exists) || has("touch") ||
      (this.deletes && !has("write", "incr", "append"));
  }

  check(live, own, generation) {
    if (!live && this.mustExist) throw new Refused(2);
    if (live && this.exists === "create_only") throw new Refused(5);
    if (own && this.onLockingOnly) throw new Refused(126);
    if (this.generation !== null && this.generation !== generation) throw new Refused(3);
  }

  apply(live) {
    let bins = live && new Map(live);
    if (["replace", "replace_only"].includes(this.exists)) bins = new Map();
    const read = new Map();
    for (const { op, bin, value } of this.ops) {
      if (op === "read" && bin === undefined) for (const [name, seen] of bins ?? []) read.set(name, seen);
      else if (op === "read") read.set(bin, bins?.get(bin) ?? null);
      else if (op === "delete") bins = null;
      else if (op !== "touch") writeBin((bins ??= new Map()), op, bin, value);
    }
    if (!bins && !this.deletes) bins = new Map();
    return { bins, read };
  }
}

function writeBin(bins, op, name, value) {
  if (op === "incr") {
    const before = bins.get(name) ?? 0;
    if (!Number.isInteger(before)) throw new Refused(12);
    bins.set(name, before + value);
  } else if (op === "append") {
    const before = bins.get(name) ?? "";
    if (typeof before !== "string") throw new Refused(12);
    bins.set(name, before + value);
  } else if (value === null) bins.delete(name);
  else bins.set(name, value);
}

function checkOps(ops) {
  if (!Array.isArray(ops) || ops.length === 0) throw new Refused(4);
  for (const { op, bin, value } of ops) {
    if (!["read", "write", "incr", "append", "touch", "delete"].includes(op)) throw new Refused(4);
    const needsBin = ["write", "incr", "append"].includes(op);
    if (needsBin && (typeof bin !== "string" || value === undefined)) throw new Refused(4);
    if (op === "incr" && !Number.isInteger(value)) throw new Refused(4);
    if (op === "append" && typeof value !== "string") throw new Refused(4);
  }
  return ops;
}

// --- the client ---

class Node {
  constructor(config) {
    this.server = new Server(config);
    this.txns = [];
    this.faults = [];
    this.seed = BigInt(config.txn_seed ?? 1);
  }

  meet(step, keys) {
    const fits = ({ step: wanted, key }) => wanted === step &&
      (!key || keys.some(({ digest, namespace }) => digest === key.digest && namespace === key.namespace));
    const at = this.faults.findIndex(fits);
    if (at < 0) return null;
    const fault = this.faults[at];
    fault.times -= 1;
    if (fault.times === 0) this.faults.splice(at, 1);
    return fault;
  }

  send(step, keys, isWrite, deliver) {
    const fault = this.meet(step, keys);
    if (!fault) return deliver();
    if (fault.mode === "lost_reply") ignoringRefusals(deliver);
    const code = fault.mode === "error" ? fault.code : 9;
    throw new Refused(code, isWrite && (code === 9 || code <= 0) ? { in_doubt: true } : {});
  }

  start(txn, keys) {
    txn?.prepare(keys);
    this.server.checkNamespace(keys[0].namespace, txn !== null);
  }

  read(key, txn) {
    const { stored, version } = this.send("read", [key], false, () => this.server.read(key, txn));
    txn?.onRead(key, version);
    if (!stored?.bins) throw new Refused(2);
    return stored;
  }

  addKeys(txn, keys) {
    const held = keys.filter(({ digest }) => !txn.writes.find(digest));
    if (held.length === 0) return;
    const digests = held.map(({ digest }) => digest);
    txn.deadline = this.send("add_key", held, true, () => this.server.addKeys(txn, digests));
  }

  write(key, txn, change) {
    try {
      const done = this.send("write", [key], true, () => this.server.write(key, txn, change));
      txn?.onWrite(key);
      return done;
    } catch (refused) {
      if (txn && refused.fields?.in_doubt) {
        txn.writeInDoubt = true;
        txn.onWrite(key);
      } else txn?.onRead(key, refused.seen);
      throw refused;
    }
  }

  singleRead(body) {
    const [key, txn] = [readKey(body.key), this.named(body)];
    this.start(txn, [key]);
    return this.read(key, txn);
  }

  singleWrite(body, ops) {
    const [key, txn, change] = [readKey(body.key), this.named(body), new Change(ops, body)];
    this.start(txn, [key]);
    if (txn) this.addKeys(txn, [key]);
    return this.write(key, txn, change);
  }

  // commit and abort

  tryEach(entries, step, isWrite, deliver) {
    const failed = [];
    for (const { key, version } of entries) {
      const refused = ignoringRefusals(() => this.send(step, [key], isWrite, () => deliver(key, version)));
      if (refused) failed.push({ key: key.parts, code: refused.code });
    }
    return failed;
  }

  verify(txn) {
    return this.tryEach(txn.reads.entries(), "verify", false, (key, version) => this.server.verify(key, version));
  }

  roll(txn, forward) {
    return this.tryEach(txn.writes.entries(), "roll", true, (key) =>
      this.server.roll(key.namespace, key.digest, txn.id, forward));
  }

  mark(txn) {
    if (txn.deadline === 0) return;
    const refused = ignoringRefusals(() => this.send("mark", [], true, () => {
      this.server.openMonitor(monitorKey(txn)).fwd = true;
    }));
    if (!refused || refused.code === 124) return;
    if (refused.code === 125) Object.assign(txn, { inDoubt: false, state: "ABORTED" });
    else if (refused.fields.in_doubt && !txn.inDoubt) Object.assign(txn, { inDoubt: true, state: "COMMIT_FAILED" });
    throw new Refused(-17, { commit_error: "MARK_ROLL_FORWARD_ABANDONED", cause: refused.code, in_doubt: txn.inDoubt });
  }

  close(txn) {
    if (txn.deadline === 0 || txn.writeInDoubt) return true;
    const refused = ignoringRefusals(() => this.send("close", [], true, () => this.server.close(monitorKey(txn))));
    return !refused || refused.code === 2;
  }

  finish(txn, forward) {
    const rollErrors = this.roll(txn, forward);
    if (rollErrors.length > 0) return { status: forward ? "ROLL_FORWARD_ABANDONED" : "ROLL_BACK_ABANDONED", rollErrors };
    if (!this.close(txn)) return { status: "CLOSE_ABANDONED" };
    txn.clear();
    return { status: "OK" };
  }

  commit(txn) {
    if (txn.state === "COMMITTED") return "ALREADY_COMMITTED";
    if (txn.state === "ABORTED") throw new Refused(-19);
    if (txn.state === "OPEN") {
      const failed = this.verify(txn);
      if (failed.length > 0) this.giveUp(txn, failed);
      txn.state = "VERIFIED";
    }
    const { keyds } = { keyds: txn.writes.entries() };
    for (const { key } of keyds) this.server.roll(key.namespace, key.digest, txn.id, true);
    this.mark(txn);
    Object.assign(txn, { state: "COMMITTED", inDoubt: false });
    return this.finish(txn, true).status;
  }

  giveUp(txn, failed) {
    txn.state = "ABORTED";
    const { status, rollErrors } = this.finish(txn, false);
    const names = { OK: "", CLOSE_ABANDONED: "_CLOSE_ABANDONED", ROLL_BACK_ABANDONED: "_ABORT_ABANDONED" };
    const fields = { commit_error: `VERIFY_FAIL${names[status]}`, cause: failed[0].code, in_doubt: false };
    throw new Refused(-17, { ...fields, verify_errors: failed, ...(rollErrors && { roll_errors: rollErrors }) });
  }

  abort(txn) {
    if (txn.state === "ABORTED") return "ALREADY_ABORTED";
    if (txn.state === "COMMITTED") throw new Refused(-18);
    if (txn.state === "COMMIT_FAILED") throw new Refused(-17, { abort_error: "COMMIT_FAILED" });
    txn.state = "ABORTED";
    return this.finish(txn, false).status;
  }

  // requests

  named({ txn_id: name }, needed = false) {
    if (name === undefined && needed) throw new Refused(4);
    if (name === undefined) return null;
    const txn = /^t[1-9][0-9]*$/.test(name) ? this.txns[Number(name.slice(1)) - 1] : undefined;
    if (!txn) throw new Refused(-2, {}, `There is no transaction ${name}.`);
    return txn;
  }

  mrt_begin(body) {
    const id = body.mrt_id === undefined ? this.nextId() : BigInt(body.mrt_id);
    this.txns.push(new Txn(id, body));
    return { txn_id: `t${this.txns.length}`, mrt_id: String(id) };
  }

  nextId() {
    let x = this.seed;
    x ^= x >> 12n;
    x ^= BigInt.asUintN(64, x << 25n);
    x ^= x >> 27n;
    this.seed = x;
    return BigInt.asUintN(64, x * 0x2545f4914f6cdd1dn);
  }

  mrt_put(body) {
    if (!isObject(body.bins)) throw new Refused(4);
    const ops = Object.entries(body.bins).map(([bin, value]) => ({ op: "write", bin, value }));
    return { generation: this.singleWrite(body, ops).generation };
  }

  mrt_get(body) {
    const { bins, generation } = this.singleRead(body);
    const wanted = body.bins ?? [...bins.keys()];
    return { bins: Object.fromEntries([...bins].filter(([name]) => wanted.includes(name))), generation };
  }

  mrt_exists(body) {
    const found = unlessNotFound(() => this.singleRead(body));
    return found ? { exists: true, generation: found.generation } : { exists: false };
  }

  mrt_delete(body) {
    return { existed: unlessNotFound(() => this.singleWrite(body, [{ op: "delete" }])) !== null };
  }

  mrt_touch(body) {
    return { generation: this.singleWrite(body, [{ op: "touch" }]).generation };
  }

  mrt_operate(body) {
    const ops = checkOps(body.ops);
    if (ops.some(({ op }) => op !== "read")) {
      const { generation, read } = this.singleWrite(body, ops);
      return { bins: Object.fromEntries(read), generation };
    }
    const { bins, generation } = this.singleRead(body);
    return { bins: Object.fromEntries(new Change(ops, {}).apply(bins).read), generation };
  }

  // batches

  readRow(key, txn, ops, withBins) {
    return { key, isRead: true, act: () => {
      const { bins, generation } = this.read(key, txn);
      if (!withBins) return { generation };
      return { bins: Object.fromEntries(ops ? new Change(ops, {}).apply(bins).read : bins), generation };
    } };
  }

  writeRow(key, txn, change) {
    return { key, isRead: false, act: () => {
      const { generation, read } = this.write(key, txn, change);
      return { ...(read.size > 0 && { bins: Object.fromEntries(read) }), generation };
    } };
  }

  batch(rows, txn) {
    txn?.prepare(rows.map(({ key }) => key));
    const written = rows.filter(({ isRead }) => !isRead).map(({ key }) => key);
    if (txn && written.length > 0) {
      this.start(txn, written);
      this.addKeys(txn, written);
    }
    let ok = true;
    const results = rows.map(({ key, isRead, act }) => {
      try {
        this.server.checkNamespace(key.namespace, txn !== null);
        return { code: 0, ...act() };
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused;
        ok &&= isRead && refused.code === 2;
        const { subcode } = refused.fields;
        return { code: refused.code, ...(subcode !== undefined && { subcode }) };
      }
    });
    return { ok, results };
  }

  mrt_batch_get(body, withBins = true) {
    const txn = this.named(body);
    return this.batch(body.keys.map(readKey).map((key) => this.readRow(key, txn, null, withBins)), txn);
  }

  mrt_batch_exists(body) {
    return this.mrt_batch_get(body, false);
  }

  mrt_batch_operate(body) {
    const txn = this.named(body);
    const rows = body.rows.map((row) => {
      const key = readKey(row.key);
      if (row.kind === "read") return this.readRow(key, txn, row.ops?.length ? checkOps(row.ops) : null, true);
      if (row.kind === "write") return this.writeRow(key, txn, new Change(checkOps(row.ops), row));
      if (row.kind === "delete") return this.writeRow(key, txn, new Change([{ op: "delete" }], row));
      throw new Refused(4);
    });
    return this.batch(rows, txn);
  }

  // commands that take no part

  mrt_scan({ ns, set, where }) {
    const { records } = this.server.checkNamespace(ns, false);
    const fits = ({ key, committed }) => committed?.bins && (set === null || key.set === set) &&
      (!where || JSON.stringify(committed.bins.get(where.bin)) === JSON.stringify(where.value));
    const found = [...records.values()].filter(fits).sort((a, b) => (a.key.digest < b.key.digest ? -1 : 1));
    return { records: found.map(({ key, committed }) => ({
      key: key.parts, bins: Object.fromEntries(committed.bins), generation: committed.generation,
    })) };
  }

  mrt_query(body) {
    return this.mrt_scan(body);
  }

  mrt_truncate({ ns, set, txn_id }) {
    if (txn_id !== undefined) throw new Refused(-2, {}, "truncate has no txn property");
    const { records } = this.server.checkNamespace(ns, false);
    for (const [digest, { owner, key }] of records) {
      if (owner === null && (set === null || key.set === set)) records.delete(digest);
    }
    return {};
  }

  mrt_info({ txn_id }) {
    if (txn_id !== undefined) throw new Refused(-2, {}, "info has no txn property");
    const { namespaces, monitors, duration } = this.server;
    const held = [...namespaces.values()].flatMap(({ records }) => [...records.values()]).filter(({ owner }) => owner !== null);
    return { mrt_monitors: monitors.size, mrt_provisionals: held.length, mrt_duration: duration };
  }

  mrt_commit(body) {
    return { status: this.commit(this.named(body, true)) };
  }

  mrt_abort(body) {
    return { status: this.abort(this.named(body, true)) };
  }

  // looking

  mrt_txn_info(body) {
    const txn = this.named(body, true);
    const { state, namespace: ns, timeout, deadline } = txn;
    return {
      state, ns, timeout, deadline, in_doubt: txn.inDoubt, write_in_doubt: txn.writeInDoubt,
      reads: txn.reads.entries().map(({ key, version }) => ({ key: key.parts, version: version.join(":") })),
      writes: txn.writes.entries().map(({ key }) => key.parts),
    };
  }

  mrt_txn_hash(body) {
    const txn = this.named(body, true);
    if (!["reads", "writes"].includes(body.map)) throw new Refused(4);
    const chains = txn[body.map];
    const rows = chains.used().map(([row, chain]) => ({ row, chain: chain.map(({ key }) => key.digest) }));
    return { n_rows: chains.nRows, n_eles: chains.entries().length, rows };
  }

  mrt_monitor_info(body) {
    const txn = this.named(body, true);
    const all = [...this.server.monitors.values()].filter(({ id }) => id === txn.id);
    const monitor = this.server.monitors.get(monitorKey(txn)) ?? all[0];
    const head = { set: "<ERO~MRT", digest: digestOf("<ERO~MRT", txn.id), exists: monitor !== undefined };
    if (!monitor) return head;
    const { keyds, fwd, aborted, deadline } = monitor;
    return { ...head, id: String(txn.id), keyds: [...keyds].sort(), fwd, aborted, deadline };
  }

  mrt_record_info(body) {
    const key = readKey(body.key);
    this.server.checkNamespace(key.namespace, false);
    const { committed, provisional, owner } = this.server.record(key, key);
    const show = (stored) => stored && {
      bins: stored.bins && Object.fromEntries(stored.bins), generation: stored.generation, version: versionOf(stored).join(":"),
    };
    return { committed: show(committed), provisional: show(provisional), locked_by: owner === null ? null : String(owner) };
  }

  mrt_digest(body) {
    const { digest } = readKey(body.key);
    return { digest, partition_id: (byteAt(digest, 0) | (byteAt(digest, 1) << 8)) & 4095 };
  }

  mrt_tick({ now }) {
    if (!Number.isInteger(now)) throw new Refused(4);
    this.server.now = Math.max(this.server.now, now);
    return { now: this.server.now };
  }

  mrt_sweep() {
    return this.server.sweep();
  }

  mrt_fault({ step, mode, code, key, times = 1 }) {
    if (!["add_key", "write", "read", "verify", "mark", "roll", "close"].includes(step)) throw new Refused(4);
    if (!["error", "lost_request", "lost_reply"].includes(mode)) throw new Refused(4);
    if (mode === "error" && !CODES.has(code)) throw new Refused(4);
    this.faults.push({ step, mode, code, key: key && readKey(key), times });
    return {};
  }
}

function ignoringRefusals(act) {
  try {
    act();
    return null;
  } catch (refused) {
    if (refused instanceof Refused) return refused;
    throw refused;
  }
}

function unlessNotFound(act) {
  try {
    return act();
  } catch (refused) {
    if (refused instanceof Refused && refused.code === 2) return null;
    throw refused;
  }
}

// --- the wire ---

let node = null;
let nodeId = "";
let nextMsgId = 0;

function answer(body) {
  const { type } = body;
  if (node === null && type !== "init") return { type: "error", code: 11, text: "init comes first" };
  if (type === "init") {
    if (node !== null) return { type: "error", code: 22, text: "already initialised" };
    nodeId = body.node_id;
    node = new Node(body.config ?? {});
    return { type: "init_ok" };
  }
  if (!type.startsWith("mrt_") || typeof node[type] !== "function") return { type: "error", code: 10, text: type };
  try {
    return { type: `${type}_ok`, ...node[type](body) };
  } catch (problem) {
    if (problem instanceof Refused) return problem.body();
    if (problem instanceof TypeError || problem instanceof SyntaxError) return new Refused(4, {}, problem.message).body();
    throw problem;
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim() === "") return;
  let message;
  try {
    message = JSON.parse(line);
  } catch (problem) {
    console.error(`no message: ${problem.message}`);
    return;
  }
  const { src, body } = message;
  if (body.type === "error" || body.type.endsWith("_ok")) return;
  const { type, ...fields } = answer(body);
  const reply = { type, in_reply_to: body.msg_id, msg_id: nextMsgId, ...fields };
  nextMsgId += 1;
  console.log(JSON.stringify({ src: nodeId, dest: src, body: reply }));
});
