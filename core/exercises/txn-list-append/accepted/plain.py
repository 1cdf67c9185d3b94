# Accepted: lists that grow in place, copied when they are read.
import json
import sys

lists = {}
node_id = None
next_msg_id = 0


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def check(txn):
    """Refuses a transaction before any of it has happened."""
    if not isinstance(txn, list):
        raise Refused(12, "txn: expected a list")
    for place, operation in enumerate(txn):
        if not isinstance(operation, list) or len(operation) != 3:
            raise Refused(12, f"txn[{place}]: expected [function, key, value]")
        function, key, value = operation
        if function not in ("r", "append"):
            raise Refused(12, f"txn[{place}][0]: expected r or append")
        if key is None or (function == "append" and value is None):
            raise Refused(12, f"txn[{place}]: null is no key and no element")


def transact(txn):
    check(txn)
    completed = []
    for function, key, value in txn:
        # By its text: as keys of a dictionary, 1, 1.0 and True are the same.
        name = json.dumps(key, sort_keys=True)
        if function == "append":
            lists.setdefault(name, []).append(value)
            completed.append([function, key, value])
        else:
            # A copy: this answer must not change when the list grows.
            completed.append([function, key, list(lists[name]) if name in lists else None])
    return {"type": "txn_ok", "txn": completed}


def answer(body):
    global node_id
    kind = body.get("type")
    if kind == "init":
        if node_id is not None:
            raise Refused(22, "this node has its name already")
        node_id = body["node_id"]
        return {"type": "init_ok"}
    if node_id is None:
        raise Refused(11, "not initialized")
    if kind == "txn":
        return transact(body.get("txn"))
    raise Refused(10, f"unknown type {kind}")


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
        reply = answer(body)
    except Refused as reason:
        reply = {"type": "error", "code": reason.code, "text": str(reason)}
    reply = {**reply, "in_reply_to": body.get("msg_id"), "msg_id": next_msg_id}
    next_msg_id += 1
    print(json.dumps({"src": node_id or message["dest"], "dest": sender, "body": reply}), flush=True)
