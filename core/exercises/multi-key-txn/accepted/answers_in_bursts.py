# Accepted: reads whatever input is there, answers all of it with one write, and keeps an undo list instead of validating first.
import json
import os

ME = {"id": None}
STATE = {}
NOTHING = object()
COUNT = {"entries": 0, "sent": 0}


def undo(journal):
    for key, old in reversed(journal):
        if old is NOTHING:
            STATE.pop(key, None)
        else:
            STATE[key] = old


def execute(operations):
    journal, results = [], []
    for place, operation in enumerate(operations):
        match operation:
            case {"op": "put", "key": str(key), "value": value}:
                journal.append((key, STATE.get(key, NOTHING)))
                STATE[key] = value
            case {"op": "delete", "key": str(key)}:
                journal.append((key, STATE.pop(key, NOTHING)))
            case {"op": "get", "key": str(key)}:
                results.append({"value": STATE.get(key), "op": "get", "key": key})
            case _:
                undo(journal)
                return {"type": "error", "code": 14, "text": f"operation {place} is not valid"}
    body = {"type": "txn_execute_ok", "committed": True}
    if journal:
        COUNT["entries"] += 1
        body.update(log_index=COUNT["entries"], ops_applied=len(journal))
    if results:
        body.update(results=results)
    return body


def respond(message):
    match message["body"]:
        case {"type": "init", "node_id": name}:
            ME["id"] = name
            body = {"type": "init_ok"}
        case {"type": "txn_execute", "operations": operations}:
            body = execute(operations)
        case _:
            body = {"type": "error", "code": 10, "text": "not supported"}
    body["msg_id"] = COUNT["sent"]
    COUNT["sent"] += 1
    if "msg_id" in message["body"]:
        body["in_reply_to"] = message["body"]["msg_id"]
    return json.dumps({"src": ME["id"], "dest": message["src"], "body": body}).encode() + b"\n"


rest = b""
while chunk := os.read(0, 65536):
    *lines, rest = (rest + chunk).split(b"\n")
    burst = memoryview(b"".join(respond(json.loads(line)) for line in lines if line.strip()))
    while burst:
        burst = burst[os.write(1, burst):]
