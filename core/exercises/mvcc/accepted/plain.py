# Accepted: sorted chains and binary search, in the form of the statement's examples.
import bisect
import json
import sys


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Chain:
    """The versions of one key, in the order of their timestamps."""

    def __init__(self):
        self.timestamps = []
        self.versions = []

    def put(self, value, timestamp):
        place = bisect.bisect_left(self.timestamps, timestamp)
        if place < len(self.timestamps) and self.timestamps[place] == timestamp:
            raise Refused(21, f"there is a version at {timestamp} already")
        number = len(self.versions) + 1
        self.timestamps.insert(place, timestamp)
        self.versions.insert(place, (number, value))
        return number

    def at(self, timestamp):
        place = bisect.bisect_right(self.timestamps, timestamp) - 1
        if place < 0:
            return {"value": None, "version": 0, "as_of_timestamp": None}
        number, value = self.versions[place]
        return {"value": value, "version": number, "as_of_timestamp": self.timestamps[place]}


chains = {}
node_id = None
next_msg_id = 0


def field(body, name, wanted):
    value = body.get(name)
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise Refused(12, f"{name}: expected {wanted.__name__}")
    return value


def put(body):
    if body.get("value") is None:
        raise Refused(12, "value: expected a value")
    key, timestamp = field(body, "key", str), field(body, "timestamp", int)
    number = chains.setdefault(key, Chain()).put(body["value"], timestamp)
    return {"type": "mvcc_put_ok", "version": number, "timestamp": timestamp}


def get(body):
    chain = chains.get(field(body, "key", str), Chain())
    timestamp = field(body, "read_timestamp", int) if "read_timestamp" in body else float("inf")
    return {"type": "mvcc_get_ok", **chain.at(timestamp)}


def init(body):
    global node_id
    if node_id is not None:
        raise Refused(22, "this node has its name already")
    node_id = field(body, "node_id", str)
    return {"type": "init_ok"}


handlers = {"init": init, "mvcc_put": put, "mvcc_get": get}

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
        answer = handlers[body["type"]](body)
    except Refused as reason:
        answer = {"type": "error", "code": reason.code, "text": str(reason)}
    answer = {**answer, "in_reply_to": body.get("msg_id"), "msg_id": next_msg_id}
    next_msg_id += 1
    print(json.dumps({"src": node_id or message["dest"], "dest": sender, "body": answer}), flush=True)
