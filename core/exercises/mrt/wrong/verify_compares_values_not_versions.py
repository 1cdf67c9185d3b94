# Wrong: verify lets a record pass whose value came back to what it was: only the bins are compared.
import json
import sys

MASK64 = (1 << 64) - 1

# Aerospike's numbers: their names, and Maelstrom's codes.
CODES = {
    2: ("RECORD_NOT_FOUND", 20), 3: ("GENERATION_ERROR", 22), 4: ("PARAMETER_ERROR", 12),
    5: ("RECORD_EXISTS", 21), 9: ("TIMEOUT", 0), 12: ("INCOMPATIBLE_TYPE", 12),
    16: ("UNSUPPORTED_FEATURE", 10), 20: ("INVALID_NAMESPACE", 12), 22: ("FORBIDDEN", 22),
    120: ("MRT_BLOCKED", 30), 121: ("MRT_VERSION_MISMATCH", 30), 122: ("MRT_EXPIRED", 14),
    123: ("MRT_TOO_MANY_WRITES", 22), 124: ("MRT_COMMITTED", 22), 125: ("MRT_ABORTED", 14),
    126: ("MRT_ALREADY_LOCKED", 21), 127: ("MRT_MONITOR_EXISTS", 21), -2: ("ERR_PARAM", 12),
    -16: ("BATCH_FAILED", 14), -17: ("TXN_FAILED", 14), -18: ("TXN_ALREADY_COMMITTED", 22),
    -19: ("TXN_ALREADY_ABORTED", 22),
}


class Refused(Exception):
    """A command that does not succeed: its number, and what else the error says."""

    def __init__(self, code, text="", **fields):
        super().__init__(text)
        self.code = code
        self.text = text or CODES[code][0]
        self.fields = fields

    def body(self):
        name, wire = CODES[self.code]
        if self.fields.get("commit_error") and self.fields["in_doubt"]:
            wire = 13
        return {"type": "error", "code": wire, "text": self.text,
                "result_code": self.code, "result_name": name, **self.fields}


# --- digests -----------------------------------------------------------------

def ripemd160(data):
    left = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8],
        [3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12],
        [1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2],
        [4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13],
    ]
    right = [
        [5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12],
        [6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2],
        [15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13],
        [8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14],
        [12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11],
    ]
    left_shifts = [
        [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
        [7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12],
        [11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5],
        [11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12],
        [9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6],
    ]
    right_shifts = [
        [8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6],
        [9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11],
        [9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5],
        [15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8],
        [8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11],
    ]
    mixes = [
        lambda x, y, z: x ^ y ^ z,
        lambda x, y, z: (x & y) | (~x & z),
        lambda x, y, z: (x | ~y) ^ z,
        lambda x, y, z: (x & z) | (y & ~z),
        lambda x, y, z: x ^ (y | ~z),
    ]
    left_adds = [0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E]
    right_adds = [0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0]

    def turn(x, n):
        x &= 0xFFFFFFFF
        return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF

    def line(state, words, orders, shifts, fs, adds):
        a, b, c, d, e = state
        for order, shift, f, add in zip(orders, shifts, fs, adds):
            for at, n in zip(order, shift):
                sum_ = turn(a + f(b, c, d) + words[at] + add, n) + e
                a, e, d, c, b = e, d, turn(c, 10), b, sum_ & 0xFFFFFFFF
        return a, b, c, d, e

    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "little")
    h = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    for start in range(0, len(padded), 64):
        block = padded[start:start + 64]
        words = [int.from_bytes(block[i:i + 4], "little") for i in range(0, 64, 4)]
        l = line(h, words, left, left_shifts, mixes, left_adds)
        r = line(h, words, right, right_shifts, mixes[::-1], right_adds)
        h = [(h[(i + 1) % 5] + l[(i + 2) % 5] + r[(i + 3) % 5]) & 0xFFFFFFFF for i in range(5)]
    return b"".join(word.to_bytes(4, "little") for word in h)


def digest_of(set_name, user_key):
    if isinstance(user_key, str):
        key = b"\x03" + user_key.encode()
    else:
        key = b"\x01" + (user_key & MASK64).to_bytes(8, "big")
    return ripemd160((set_name or "").encode() + key)


class Key:
    """Namespace, set and user key, and the digest that addresses the record."""

    def __init__(self, parts):
        if not isinstance(parts, list) or len(parts) != 3:
            raise Refused(4, "key: expected [namespace, set, user key]")
        namespace, set_name, user_key = parts
        if not isinstance(namespace, str) or not isinstance(set_name, (str, type(None))):
            raise Refused(4, "key: expected a namespace and a set")
        if isinstance(user_key, bool) or not isinstance(user_key, (str, int)):
            raise Refused(4, "key: expected a string or an integer")
        self.parts = parts
        self.namespace = namespace
        self.set = set_name
        self.digest = digest_of(set_name, user_key)


# --- the two maps of a transaction ---------------------------------------------

class Chains:
    """Rows of chains: the head in the row, new entries right after the head."""

    def __init__(self, capacity):
        self.n_rows = 128 if capacity is None else 2 * max(16, capacity)
        self.rows = {}

    def row_of(self, digest):
        return int.from_bytes(digest[:4], "little") % self.n_rows

    def find(self, digest):
        for entry in self.rows.get(self.row_of(digest), []):
            if entry[0].digest == digest:
                return entry
        return None

    def put(self, key, version):
        entry = self.find(key.digest)
        if entry:
            entry[1] = version
            return
        chain = self.rows.setdefault(self.row_of(key.digest), [])
        chain.insert(1 if chain else 0, [key, version])

    def remove(self, digest):
        row = self.row_of(digest)
        chain = [entry for entry in self.rows.get(row, []) if entry[0].digest != digest]
        if chain:
            self.rows[row] = chain
        else:
            self.rows.pop(row, None)

    def entries(self):
        return [entry for row in sorted(self.rows) for entry in self.rows[row]]


class Txn:
    """The client's object: what it has read, and what it holds."""

    def __init__(self, mrt_id, body):
        self.id = mrt_id
        self.timeout = body.get("timeout", 0)
        self.reads = Chains(body.get("reads_capacity"))
        self.writes = Chains(body.get("writes_capacity"))
        self.namespace = None
        self.deadline = 0
        self.state = "OPEN"
        self.write_in_doubt = False
        self.in_doubt = False

    def prepare(self, keys):
        if self.state != "OPEN":
            why = {"COMMITTED": "it has been committed", "ABORTED": "it has been aborted",
                   "COMMIT_FAILED": "a commit failed on it with an in-doubt outcome"}
            why = why.get(self.state, "it is currently being committed")
            raise Refused(-2, f"Issuing commands to this transaction is forbidden because {why}.")
        for key in keys:
            if self.namespace is None:
                self.namespace = key.namespace
            if self.namespace != key.namespace:
                raise Refused(-2, "Namespace must be the same for all commands in the transaction."
                                  f" orig: {self.namespace} new: {key.namespace}")

    def on_read(self, key, version):
        if version is not None:
            self.reads.put(key, version)

    def on_write(self, key):
        self.reads.remove(key.digest)
        self.writes.put(key, None)

    def closes_monitor(self):
        return self.deadline != 0 and not self.write_in_doubt

    def clear(self):
        self.namespace, self.deadline = None, 0
        self.reads.rows, self.writes.rows = {}, {}


# --- the server ------------------------------------------------------------------

MISSING = (0, 0)


class Version:
    """One version of a record; bins of None are a tombstone."""

    def __init__(self, bins, lut, generation):
        self.bins, self.lut, self.generation = bins, lut, generation

    def stamp(self):
        return (self.lut, self.generation)


class Record:
    def __init__(self, key):
        self.key = key
        self.committed = None
        self.provisional = None
        self.owner = None

    def stamp(self):
        return self.committed.stamp() if self.committed else MISSING


class Monitor:
    def __init__(self, digests, deadline):
        self.keyds = set(digests)
        self.deadline = deadline
        self.fwd = self.aborted = False


class Server:
    """Records and monitor records. It knows transactions by id."""

    def __init__(self, config):
        namespaces = config.get("namespaces", {"test": {"strong_consistency": True}})
        self.strong = {name: ns.get("strong_consistency", True) for name, ns in namespaces.items()}
        self.duration = config.get("mrt_duration", 10)
        self.max_writes = config.get("max_writes", 4096)
        self.disabled = config.get("disable_mrt_writes", False)
        self.records = {name: {} for name in namespaces}
        self.monitors = {}
        self.spent = set()
        self.now = 0
        self.lut = 0

    def check_namespace(self, namespace, in_txn):
        if namespace not in self.strong:
            raise Refused(20)
        if in_txn and not self.strong[namespace]:
            raise Refused(16, subcode=1)

    def next_lut(self):
        self.lut += 1
        return self.lut

    def record(self, key):
        return self.records[key.namespace].get(key.digest)

    def read(self, key, txn):
        """Gives what the reader sees, and the version that it must remember."""
        record = self.record(key) or Record(key)
        if txn and record.owner is not None:
            if record.owner != txn.id:
                raise Refused(120, subcode=2)
            return record.provisional, None
        self.check_version(record, key, txn)
        return record.committed, record.stamp()

    def check_version(self, record, key, txn):
        sent = txn and txn.reads.find(key.digest)
        if sent and sent[1] != record.stamp():
            raise Refused(121)

    def write(self, key, txn, change):
        """Gives the generation and what was read; or raises, with the version in `seen`."""
        if txn and change.deletes and not change.durable:
            raise Refused(22, "Non-durable delete forbidden in a transaction", subcode=8)
        record = self.record(key) or Record(key)
        own = txn is not None and record.owner == txn.id
        if record.owner is not None and not own:
            raise Refused(120, subcode=2 if txn else 1)
        if not own:
            self.check_version(record, key, txn)
        if txn and txn.deadline and self.now >= txn.deadline:
            raise Refused(122)
        base = record.provisional if own else record.committed
        live = base.bins if base else None
        try:
            change.check(live, own, base.generation if live is not None else 0)
            bins, read = change.apply(live)
        except Refused as refused:
            if not own:
                refused.seen = record.stamp()
            raise
        generation = (base.generation if base else 0) + 1
        made = None
        if bins is not None or change.durable:
            made = Version(bins, self.next_lut(), generation)
        if txn:
            record.provisional, record.owner = made, txn.id
        else:
            record.committed = made
        self.keep(record)
        return (generation if bins is not None else 0), read

    def keep(self, record):
        records = self.records[record.key.namespace]
        if record.committed is None and record.owner is None:
            records.pop(record.key.digest, None)
        else:
            records[record.key.digest] = record

    def verify(self, key, version):
        record = self.record(key) or Record(key)
        if record.owner is not None:
            raise Refused(120)
        if (record.stamp() == MISSING) != (version == MISSING):
            raise Refused(121)

    def roll(self, namespace, digest, mrt_id, forward):
        """Rolling a record that this transaction does not hold does nothing."""
        record = self.records[namespace].get(digest)
        if record is None or record.owner != mrt_id:
            return
        made = record.provisional
        record.provisional = record.owner = None
        if forward:
            record.committed = Version(made.bins, self.next_lut(), made.generation + 1)
        elif record.committed and record.committed.bins is not None:
            record.committed = Version(record.committed.bins, self.next_lut(), made.generation + 1)
        self.keep(record)

    def open_monitor(self, where):
        monitor = self.monitors.get(where)
        if monitor is None:
            raise Refused(122)
        if monitor.aborted:
            raise Refused(125)
        if monitor.fwd:
            raise Refused(124)
        if self.now >= monitor.deadline:
            raise Refused(122)
        return monitor

    def add_keys(self, where, digests, known, timeout):
        if known:
            monitor = self.open_monitor(where)
            if len(monitor.keyds | set(digests)) > self.max_writes:
                raise Refused(123)
            monitor.keyds |= set(digests)
            return monitor.deadline
        if self.disabled:
            raise Refused(22)
        if where in self.monitors:
            raise Refused(127)
        if where in self.spent:
            raise Refused(122)
        if timeout > 120:
            raise Refused(22)
        if len(set(digests)) > self.max_writes:
            raise Refused(123)
        self.monitors[where] = Monitor(digests, self.now + (timeout or self.duration))
        return self.monitors[where].deadline

    def mark(self, where):
        self.open_monitor(where).fwd = True

    def close(self, where):
        if self.monitors.pop(where, None):
            self.spent.add(where)

    def sweep(self):
        done = {"rolled_forward": 0, "rolled_back": 0, "closed": 0}
        for where, monitor in list(self.monitors.items()):
            mrt_id, namespace = where
            if monitor.fwd:
                for digest in sorted(monitor.keyds):
                    self.roll(namespace, digest, mrt_id, True)
                done["rolled_forward"] += 1
            elif not monitor.aborted:
                if self.now >= monitor.deadline:
                    for digest in sorted(monitor.keyds):
                        self.roll(namespace, digest, mrt_id, False)
                    monitor.aborted = True
                    done["rolled_back"] += 1
                continue
            self.close(where)
            done["closed"] += 1
        return done


class Change:
    """A write: operations in order, and the conditions on them."""

    def __init__(self, ops, body):
        self.ops = ops
        self.exists = body.get("exists", "update")
        self.generation = body.get("generation")
        self.on_locking_only = body.get("on_locking_only", False)
        self.durable = body.get("durable", False)
        if self.exists not in ("update", "create_only", "update_only", "replace", "replace_only"):
            raise Refused(4, "exists: unknown policy")
        names = [op["op"] for op in ops]
        self.deletes = "delete" in names
        creates = any(name in ("write", "incr", "append") for name in names)
        self.must_exist = (self.exists in ("update_only", "replace_only") or "touch" in names
                           or (self.deletes and not creates))

    def check(self, live, own, generation):
        if live is None and self.must_exist:
            raise Refused(2)
        if live is not None and self.exists == "create_only":
            raise Refused(5)
        if own and self.on_locking_only:
            raise Refused(126)
        if self.generation is not None and self.generation != generation:
            raise Refused(3)

    def apply(self, live):
        bins = None if live is None else dict(live)
        if self.exists in ("replace", "replace_only"):
            bins = {}
        read = {}
        for op in self.ops:
            kind, name, value = op["op"], op.get("bin"), op.get("value")
            if kind == "read":
                read.update((bins or {}) if name is None else {name: (bins or {}).get(name)})
            elif kind == "delete":
                bins = None
            elif kind != "touch":
                bins = {} if bins is None else bins
                self.write_bin(bins, kind, name, value)
        if bins is None and not self.deletes:
            bins = {}
        return bins, read

    @staticmethod
    def write_bin(bins, kind, name, value):
        if kind == "incr":
            before = bins.get(name, 0)
            if isinstance(before, bool) or not isinstance(before, int):
                raise Refused(12)
            bins[name] = (before + value + (1 << 63) & MASK64) - (1 << 63)
        elif kind == "append":
            if not isinstance(bins.get(name, ""), str):
                raise Refused(12)
            bins[name] = bins.get(name, "") + value
        elif value is None:
            bins.pop(name, None)
        else:
            bins[name] = value


def check_ops(ops):
    if not isinstance(ops, list) or not ops:
        raise Refused(4, "ops: expected at least one operation")
    for op in ops:
        kind = op.get("op")
        if kind not in ("read", "write", "incr", "append", "touch", "delete"):
            raise Refused(4, f"unknown operation {kind}")
        if kind in ("write", "incr", "append") and ("value" not in op or not isinstance(op.get("bin"), str)):
            raise Refused(4, f"{kind} needs a bin and a value")
        if kind == "incr" and (isinstance(op["value"], bool) or not isinstance(op["value"], int)):
            raise Refused(4, "incr needs an integer")
        if kind == "append" and not isinstance(op["value"], str):
            raise Refused(4, "append needs a string")
    return ops


# --- the client ----------------------------------------------------------------------

class Node:
    def __init__(self, config):
        self.server = Server(config)
        self.txns = []
        self.faults = []
        self.seed = config.get("txn_seed", 1)

    # faults

    def meet(self, step, keys=()):
        """The fault that waits for this message, if one does."""
        for fault in self.faults:
            about = fault["key"]
            if fault["step"] == step and (about is None or any(
                    key.digest == about.digest and key.namespace == about.namespace for key in keys)):
                fault["times"] -= 1
                if fault["times"] == 0:
                    self.faults.remove(fault)
                return fault
        return None

    def send(self, step, keys, deliver, is_write):
        """Send a message: deliver it, or let a fault have it."""
        fault = self.meet(step, keys)
        if fault is None:
            return deliver()
        code = fault["code"] if fault["mode"] == "error" else 9
        if fault["mode"] == "lost_reply":
            try:
                deliver()
            except Refused:
                pass
        if is_write and (code == 9 or code <= 0):
            raise Refused(code, in_doubt=True)
        raise Refused(code)

    # single records

    def start(self, txn, keys):
        if txn:
            txn.prepare(keys)
        if keys:
            self.server.check_namespace(keys[0].namespace, txn is not None)

    def read(self, key, txn):
        version, stamp = self.send("read", [key], lambda: self.server.read(key, txn), False)
        if txn:
            txn.on_read(key, stamp)
        if version is None or version.bins is None:
            raise Refused(2)
        return version

    def add_keys(self, txn, keys):
        new = [key for key in keys if not txn.writes.find(key.digest)]
        if new:
            where = (txn.id, txn.namespace)
            txn.deadline = self.send("add_key", new, lambda: self.server.add_keys(
                where, [key.digest for key in new], txn.deadline != 0, txn.timeout), True)

    def write(self, key, txn, change):
        try:
            answer = self.send("write", [key], lambda: self.server.write(key, txn, change), True)
        except Refused as refused:
            if txn and refused.fields.get("in_doubt"):
                txn.write_in_doubt = True
                txn.on_write(key)
            elif txn:
                txn.on_read(key, getattr(refused, "seen", None))
            raise
        if txn:
            txn.on_write(key)
        return answer

    def single_read(self, body):
        key, txn = Key(body["key"]), self.named(body)
        self.start(txn, [key])
        return self.read(key, txn)

    def single_write(self, body, ops):
        key, txn, change = Key(body["key"]), self.named(body), Change(ops, body)
        self.start(txn, [key])
        if txn:
            self.add_keys(txn, [key])
        return self.write(key, txn, change)

    # commit and abort

    def verify(self, txn):
        failed = []
        for key, stamp in txn.reads.entries():
            try:
                self.send("verify", [key], lambda: self.server.verify(key, stamp), False)
            except Refused as refused:
                failed.append({"key": key.parts, "code": refused.code})
        return failed

    def mark(self, txn):
        if txn.deadline == 0:
            return
        try:
            self.send("mark", [], lambda: self.server.mark((txn.id, txn.namespace)), True)
        except Refused as refused:
            if refused.code == 124:
                return
            if refused.code == 125:
                txn.in_doubt, txn.state = False, "ABORTED"
            elif refused.fields.get("in_doubt") and not txn.in_doubt:
                txn.in_doubt, txn.state = True, "COMMIT_FAILED"
            raise Refused(-17, commit_error="MARK_ROLL_FORWARD_ABANDONED", cause=refused.code,
                          in_doubt=txn.in_doubt)

    def roll(self, txn, forward):
        failed = []
        for key, _ in txn.writes.entries():
            try:
                self.send("roll", [key], lambda: self.server.roll(
                    key.namespace, key.digest, txn.id, forward), True)
            except Refused as refused:
                failed.append({"key": key.parts, "code": refused.code})
        return failed

    def close(self, txn):
        """Whether the monitor record is gone, or was never this client's to remove."""
        if not txn.closes_monitor():
            return True
        try:
            self.send("close", [], lambda: self.server.close((txn.id, txn.namespace)), True)
        except Refused as refused:
            return refused.code == 2
        return True

    def commit(self, txn):
        if txn.state == "COMMITTED":
            return "ALREADY_COMMITTED"
        if txn.state == "ABORTED":
            raise Refused(-19)
        if txn.state == "OPEN":
            failed = self.verify(txn)
            if failed:
                self.give_up(txn, failed)
            txn.state = "VERIFIED"
        self.mark(txn)
        txn.state, txn.in_doubt = "COMMITTED", False
        if self.roll(txn, True):
            return "ROLL_FORWARD_ABANDONED"
        if not self.close(txn):
            return "CLOSE_ABANDONED"
        txn.clear()
        return "OK"

    def give_up(self, txn, failed):
        txn.state = "ABORTED"
        error = {"commit_error": "VERIFY_FAIL", "cause": failed[0]["code"], "in_doubt": False,
                 "verify_errors": failed}
        not_rolled = self.roll(txn, False)
        if not_rolled:
            error.update(commit_error="VERIFY_FAIL_ABORT_ABANDONED", roll_errors=not_rolled)
        elif not self.close(txn):
            error["commit_error"] = "VERIFY_FAIL_CLOSE_ABANDONED"
        else:
            txn.clear()
        raise Refused(-17, **error)

    def abort(self, txn):
        if txn.state == "ABORTED":
            return "ALREADY_ABORTED"
        if txn.state == "COMMITTED":
            raise Refused(-18)
        if txn.state == "COMMIT_FAILED":
            raise Refused(-17, abort_error="COMMIT_FAILED")
        txn.state = "ABORTED"
        if self.roll(txn, False):
            return "ROLL_BACK_ABANDONED"
        if not self.close(txn):
            return "CLOSE_ABANDONED"
        txn.clear()
        return "OK"

    # requests

    def named(self, body, needed=False):
        name = body["txn_id"] if needed else body.get("txn_id")
        if name is None:
            return None
        if isinstance(name, str) and name[:1] == "t" and name[1:].isdecimal():
            if 1 <= int(name[1:]) <= len(self.txns):
                return self.txns[int(name[1:]) - 1]
        raise Refused(-2, f"There is no transaction {name}.")

    def mrt_begin(self, body):
        mrt_id = int(body["mrt_id"]) if "mrt_id" in body else self.next_id()
        self.txns.append(Txn(mrt_id, body))
        return {"txn_id": f"t{len(self.txns)}", "mrt_id": str(mrt_id)}

    def next_id(self):
        x = self.seed
        x ^= x >> 12
        x ^= x << 25 & MASK64
        x ^= x >> 27
        self.seed = x
        return x * 0x2545F4914F6CDD1D & MASK64

    def mrt_put(self, body):
        ops = [{"op": "write", "bin": name, "value": value} for name, value in body["bins"].items()]
        return {"generation": self.single_write(body, ops)[0]}

    def mrt_get(self, body):
        version = self.single_read(body)
        names = body.get("bins", version.bins)
        bins = {name: value for name, value in version.bins.items() if name in names}
        return {"bins": bins, "generation": version.generation}

    def mrt_exists(self, body):
        try:
            return {"exists": True, "generation": self.single_read(body).generation}
        except Refused as refused:
            if refused.code != 2:
                raise
            return {"exists": False}

    def mrt_delete(self, body):
        try:
            self.single_write(body, [{"op": "delete"}])
        except Refused as refused:
            if refused.code != 2:
                raise
            return {"existed": False}
        return {"existed": True}

    def mrt_touch(self, body):
        return {"generation": self.single_write(body, [{"op": "touch"}])[0]}

    def mrt_operate(self, body):
        ops = check_ops(body["ops"])
        if all(op["op"] == "read" for op in ops):
            version = self.single_read(body)
            _, read = Change(ops, {}).apply(version.bins)
            return {"bins": read, "generation": version.generation}
        generation, read = self.single_write(body, ops)
        return {"bins": read, "generation": generation}

    # batches

    def row(self, key, txn, act, is_read):
        """One row's result; a read of nothing is no failure."""
        try:
            self.server.check_namespace(key.namespace, txn is not None)
            return {"code": 0, **act()}, True
        except Refused as refused:
            result = {"code": refused.code}
            if "subcode" in refused.fields:
                result["subcode"] = refused.fields["subcode"]
            return result, is_read and refused.code == 2

    def batch(self, rows):
        results = [self.row(*row) for row in rows]
        return {"ok": all(ok for _, ok in results), "results": [result for result, _ in results]}

    def read_row(self, key, txn, ops, with_bins=True):
        version = self.read(key, txn)
        if not with_bins:
            return {"generation": version.generation}
        bins = Change(ops, {}).apply(version.bins)[1] if ops else version.bins
        return {"bins": bins, "generation": version.generation}

    def batch_read(self, body, with_bins):
        keys, txn = [Key(parts) for parts in body["keys"]], self.named(body)
        if txn:
            txn.prepare(keys)
        return self.batch([
            (key, txn, lambda key=key: self.read_row(key, txn, None, with_bins), True) for key in keys])

    def mrt_batch_get(self, body):
        return self.batch_read(body, True)

    def mrt_batch_exists(self, body):
        return self.batch_read(body, False)

    def mrt_batch_operate(self, body):
        txn, rows, written = self.named(body), [], []
        for row in body["rows"]:
            key = Key(row["key"])
            if row["kind"] == "read":
                ops = check_ops(row["ops"]) if row.get("ops") else None
                rows.append((key, txn, lambda key=key, ops=ops: self.read_row(key, txn, ops), True))
            elif row["kind"] in ("write", "delete"):
                ops = [{"op": "delete"}] if row["kind"] == "delete" else check_ops(row["ops"])
                change = Change(ops, row)
                rows.append((key, txn, lambda key=key, change=change: self.write_row(key, txn, change), False))
                written.append(key)
            else:
                raise Refused(4, "kind: expected read, write or delete")
        if txn:
            txn.prepare([row[0] for row in rows])
            if written:
                self.start(txn, written)
                self.add_keys(txn, written)
        return self.batch(rows)

    def write_row(self, key, txn, change):
        generation, read = self.write(key, txn, change)
        return {**({"bins": read} if read else {}), "generation": generation}

    # commands that take no part

    def mrt_scan(self, body):
        namespace, set_name, where = body["ns"], body["set"], body.get("where")
        self.server.check_namespace(namespace, False)
        found = []
        for _, record in sorted(self.server.records[namespace].items()):
            version = record.committed
            if version is None or version.bins is None or (set_name or record.key.set) != record.key.set:
                continue
            if where and (where["bin"] not in version.bins or
                          json.dumps(version.bins[where["bin"]]) != json.dumps(where["value"])):
                continue
            found.append({"key": record.key.parts, "bins": version.bins, "generation": version.generation})
        return {"records": found}

    mrt_query = mrt_scan

    def mrt_truncate(self, body):
        if "txn_id" in body:
            raise Refused(-2, "truncate has no txn property")
        namespace, set_name = body["ns"], body["set"]
        self.server.check_namespace(namespace, False)
        records = self.server.records[namespace]
        for digest, record in list(records.items()):
            if record.owner is None and (set_name or record.key.set) == record.key.set:
                del records[digest]
        return {}

    def mrt_info(self, body):
        if "txn_id" in body:
            raise Refused(-2, "info has no txn property")
        held = sum(record.owner is not None
                   for records in self.server.records.values() for record in records.values())
        return {"mrt_monitors": len(self.server.monitors), "mrt_provisionals": held,
                "mrt_duration": self.server.duration}

    def mrt_commit(self, body):
        return {"status": self.commit(self.named(body, True))}

    def mrt_abort(self, body):
        return {"status": self.abort(self.named(body, True))}

    # looking

    def mrt_txn_info(self, body):
        txn = self.named(body, True)
        return {"state": txn.state, "ns": txn.namespace, "timeout": txn.timeout,
                "deadline": txn.deadline, "in_doubt": txn.in_doubt,
                "write_in_doubt": txn.write_in_doubt,
                "reads": [{"key": key.parts, "version": "%d:%d" % stamp}
                          for key, stamp in txn.reads.entries()],
                "writes": [key.parts for key, _ in txn.writes.entries()]}

    def mrt_txn_hash(self, body):
        txn = self.named(body, True)
        if body["map"] not in ("reads", "writes"):
            raise Refused(4, "map: expected reads or writes")
        chains = txn.reads if body["map"] == "reads" else txn.writes
        return {"n_rows": chains.n_rows, "n_eles": len(chains.entries()),
                "rows": [{"row": row, "chain": [key.digest.hex() for key, _ in chains.rows[row]]}
                         for row in sorted(chains.rows)]}

    def mrt_monitor_info(self, body):
        txn = self.named(body, True)
        answer = {"set": "<ERO~MRT", "digest": digest_of("<ERO~MRT", txn.id).hex()}
        places = [(txn.id, txn.namespace)] + [(txn.id, name) for name in sorted(self.server.strong)]
        monitor = next((self.server.monitors[at] for at in places if at in self.server.monitors), None)
        if monitor is None:
            return {**answer, "exists": False}
        return {**answer, "exists": True, "id": str(txn.id),
                "keyds": [digest.hex() for digest in sorted(monitor.keyds)],
                "fwd": monitor.fwd, "aborted": monitor.aborted, "deadline": monitor.deadline}

    def mrt_record_info(self, body):
        key = Key(body["key"])
        self.server.check_namespace(key.namespace, False)
        record = self.server.record(key) or Record(key)

        def show(version):
            return version and {"bins": version.bins, "generation": version.generation,
                                "version": "%d:%d" % version.stamp()}

        return {"committed": show(record.committed), "provisional": show(record.provisional),
                "locked_by": None if record.owner is None else str(record.owner)}

    def mrt_digest(self, body):
        digest = Key(body["key"]).digest
        return {"digest": digest.hex(), "partition_id": (digest[0] | digest[1] << 8) & 4095}

    def mrt_tick(self, body):
        self.server.now = max(self.server.now, body["now"])
        return {"now": self.server.now}

    def mrt_sweep(self, _):
        return self.server.sweep()

    def mrt_fault(self, body):
        steps = ("add_key", "write", "read", "verify", "mark", "roll", "close")
        if body["step"] not in steps or body["mode"] not in ("error", "lost_request", "lost_reply"):
            raise Refused(4, "unknown step or mode")
        if body["mode"] == "error" and body["code"] not in CODES:
            raise Refused(4, "code: expected the number of a result code")
        self.faults.append({"step": body["step"], "mode": body["mode"], "code": body.get("code"),
                            "key": Key(body["key"]) if "key" in body else None,
                            "times": body.get("times", 1)})
        return {}


# --- the wire -----------------------------------------------------------------------------

def answer(node, body):
    handler = getattr(node, body["type"], None) if body["type"].startswith("mrt_") else None
    if handler is None:
        return {"type": "error", "code": 10, "text": f"unknown type {body['type']}"}
    try:
        return {"type": body["type"] + "_ok", **handler(body)}
    except Refused as refused:
        return refused.body()
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        return Refused(4, f"malformed request: {problem!r}").body()


def main():
    node, node_id, next_msg_id = None, "", 0
    for line in sys.stdin:
        try:
            message = json.loads(line)
            src, body = message["src"], message["body"]
            kind = body["type"]
        except (ValueError, KeyError, TypeError) as problem:
            if line.strip():
                print(f"no message: {problem}", file=sys.stderr)
            continue
        if kind == "error" or kind.endswith("_ok"):
            continue
        if node is None and kind == "init":
            node_id, node = body["node_id"], Node(body.get("config", {}))
            reply = {"type": "init_ok"}
        elif node is None:
            reply = {"type": "error", "code": 11, "text": "init comes first"}
        elif kind == "init":
            reply = {"type": "error", "code": 22, "text": "already initialised"}
        else:
            reply = answer(node, body)
        head = {"type": reply.pop("type")}
        if "msg_id" in body:
            head["in_reply_to"] = body["msg_id"]
        reply = {**head, "msg_id": next_msg_id, **reply}
        next_msg_id += 1
        print(json.dumps({"src": node_id, "dest": src, "body": reply}), flush=True)


main()
