# Wrong: the first transaction that reads a key locks it, and the reads of others are answered with an error.
import json
import sys

node_id = ""
next_msg_id = 0


def reply(request, body):
    global next_msg_id
    body["in_reply_to"] = request["body"]["msg_id"]
    body["msg_id"] = next_msg_id
    next_msg_id += 1
    print(json.dumps({"src": node_id, "dest": request["src"], "body": body}), flush=True)


def error(request, code, text):
    reply(request, {"type": "error", "code": code, "text": text})


# key -> [value, version]
store = {}
begun = 0
locks = {}


def version_of(key):
    return store[key][1] if key in store else 0


def begin(request):
    global begun
    begun += 1
    reply(request, {"type": "occ_begin_ok", "txn_id": f"t{begun}"})


def read(request):
    key = request["body"]["key"]
    if locks.setdefault(key, request["body"]["txn_id"]) != request["body"]["txn_id"]:
        error(request, 30, "another transaction is using this key")
        return
    value = store[key][0] if key in store else None
    reply(request, {"type": "occ_read_ok", "value": value, "version": version_of(key)})


def commit(request):
    writes = request["body"]["writes"]
    for key in [key for key, owner in locks.items() if owner == request["body"]["txn_id"]]:
        del locks[key]
    for read in request["body"]["read_versions"]:
        if read["version"] != version_of(read["key"]):
            reply(request, {"type": "occ_commit_ok", "committed": False})
            return
    body = {"type": "occ_commit_ok", "committed": True}
    for write in writes:
        version = version_of(write["key"]) + 1
        store[write["key"]] = [write["value"], version]
        body["new_version"] = max(version, body.get("new_version", 0))
    reply(request, body)


def handle(request):
    global node_id
    kind = request["body"]["type"]
    if kind == "init":
        node_id = request["body"]["node_id"]
        reply(request, {"type": "init_ok"})
    elif kind == "occ_begin":
        begin(request)
    elif kind == "occ_read":
        read(request)
    elif kind == "occ_commit":
        commit(request)
    else:
        error(request, 10, f"no such message type: {kind}")


for line in sys.stdin:
    if line.strip():
        handle(json.loads(line))
