# Wrong: replies stay in the output buffer until it is full or the program ends.
import json
import sys

node_id = ""
next_msg_id = 0
# The same as plain print to a pipe, also where PYTHONUNBUFFERED is set.
output = open(sys.stdout.fileno(), "w", buffering=1 << 16)


def reply(request, body):
    global next_msg_id
    body["in_reply_to"] = request["body"]["msg_id"]
    body["msg_id"] = next_msg_id
    next_msg_id += 1
    print(json.dumps({"src": node_id, "dest": request["src"], "body": body}), file=output)


def error(request, code, text):
    reply(request, {"type": "error", "code": code, "text": text})


store = {}
log = []


def fault(operation):
    """Says what is wrong with an operation, or nothing."""
    if not isinstance(operation, dict):
        return "expected an object"
    if operation.get("op") not in ("put", "get", "delete"):
        return "op must be put, get or delete"
    if not isinstance(operation.get("key"), str):
        return "key must be a string"
    if operation["op"] == "put" and operation.get("value") is None:
        return "a put needs a value"
    return None


def execute(request):
    operations = request["body"].get("operations")
    if not isinstance(operations, list) or not operations:
        error(request, 12, "operations must be a list with at least one operation")
        return
    for position, operation in enumerate(operations):
        problem = fault(operation)
        if problem:
            error(request, 12, f"operations[{position}]: {problem}")
            return
    results = []
    writes = 0
    for operation in operations:
        key = operation["key"]
        if operation["op"] == "put":
            store[key] = operation["value"]
            writes += 1
        elif operation["op"] == "delete":
            store.pop(key, None)
            writes += 1
        else:
            results.append({"op": "get", "key": key, "value": store.get(key)})
    body = {"type": "txn_execute_ok", "committed": True}
    if writes:
        log.append(operations)
        body["log_index"] = len(log)
        body["ops_applied"] = writes
    if results:
        body["results"] = results
    reply(request, body)


def handle(request):
    global node_id
    kind = request["body"]["type"]
    if kind == "init":
        node_id = request["body"]["node_id"]
        reply(request, {"type": "init_ok"})
    elif kind == "txn_execute":
        execute(request)
    else:
        error(request, 10, f"no such message type: {kind}")


for line in sys.stdin:
    if line.strip():
        handle(json.loads(line))
