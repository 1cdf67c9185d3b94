# Accepted: versions per key, reads remembered, in the form of the statement's examples.
import json
import sys


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Store:
    """Values with versions, and the transactions that are open or ended."""

    def __init__(self):
        self.cells = {}
        self.begun = 0
        self.open = {}
        self.ended = {}

    def begin(self):
        self.begun += 1
        name = f"t{self.begun}"
        self.open[name] = {}
        return name

    def current(self, key):
        return self.cells.get(key, (None, 0))

    def read(self, name, key):
        if name not in self.open:
            raise Refused(14, f"{name} is {self.ended.get(name, 'unknown')}")
        value, version = self.current(key)
        self.open[name].setdefault(key, version)
        return value, version

    def commit(self, name, writes, reads):
        """Gives the conflicts, or the new versions by key."""
        if name in self.ended:
            raise Refused(14, f"{name} is {self.ended[name]}")
        checks = {**self.open.pop(name, {}), **reads}
        conflicts = [
            {"key": key, "expected": version, "actual": self.current(key)[1]}
            for key, version in checks.items()
            if version != self.current(key)[1]
        ]
        self.ended[name] = "aborted" if conflicts else "committed"
        if conflicts:
            return conflicts, {}
        versions = {key: self.current(key)[1] + 1 for key in writes}
        self.cells.update((key, (value, versions[key])) for key, value in writes.items())
        return [], versions


store = Store()
node_id = None
next_msg_id = 0


def field(place, name, wanted):
    value = place.get(name) if isinstance(place, dict) else None
    if not isinstance(value, wanted) or isinstance(value, bool) and wanted is not object:
        raise Refused(12, f"{name}: expected {wanted.__name__}")
    return value


def once(pairs):
    found = {}
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            raise Refused(12, f"{key} is there twice")
    return found


def init(body):
    global node_id
    if node_id is not None:
        raise Refused(22, "this node has its name already")
    node_id = field(body, "node_id", str)
    return {}


def begin(body):
    return {"txn_id": store.begin()}


def read(body):
    value, version = store.read(field(body, "txn_id", str), field(body, "key", str))
    return {"value": value, "version": version}


def commit(body):
    name = field(body, "txn_id", str)
    writes = [(field(write, "key", str), write.get("value")) for write in field(body, "writes", list)]
    if any(value is None for _, value in writes) or len(dict(writes)) < len(writes):
        raise Refused(12, "writes: each key once, with a value")
    reads = once((field(read, "key", str), field(read, "version", int)) for read in field(body, "read_versions", list))
    conflicts, versions = store.commit(name, dict(writes), reads)
    if conflicts:
        return {"committed": False, "conflicts": conflicts}
    if not versions:
        return {"committed": True}
    return {"committed": True, "new_version": max(versions.values())}


handlers = {"init": init, "occ_begin": begin, "occ_read": read, "occ_commit": commit}

for line_number, line in enumerate(sys.stdin, 1):
    if not line.strip():
        continue
    try:
        message = json.loads(line)
        body, sender = message["body"], message["src"]
    except (ValueError, TypeError, KeyError) as reason:
        print(f"line {line_number} is no message: {reason!r}", file=sys.stderr)
        continue
    try:
        if node_id is None and body.get("type") != "init":
            raise Refused(11, "not initialized")
        if body.get("type") not in handlers:
            raise Refused(10, f"unknown type {body.get('type')}")
        answer = {"type": body["type"] + "_ok", **handlers[body["type"]](body)}
    except Refused as reason:
        answer = {"type": "error", "code": reason.code, "text": str(reason)}
    answer = {**answer, "in_reply_to": body.get("msg_id"), "msg_id": next_msg_id}
    next_msg_id += 1
    print(json.dumps({"src": node_id or message["dest"], "dest": sender, "body": answer}), flush=True)
