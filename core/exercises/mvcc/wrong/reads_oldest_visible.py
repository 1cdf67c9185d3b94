# Wrong: a read returns the oldest version at or below its timestamp.
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


# key -> its versions in the order of their timestamps
chains = {}


def put(request):
    body = request["body"]
    chain = chains.setdefault(body["key"], [])
    version = {"number": len(chain) + 1, "timestamp": body["timestamp"], "value": body["value"]}
    chain.append(version)
    chain.sort(key=lambda version: version["timestamp"])
    reply(request, {"type": "mvcc_put_ok", "version": version["number"], "timestamp": version["timestamp"]})


def get(request):
    body = request["body"]
    found = None
    for version in chains.get(body["key"], []):
        if found is None and version["timestamp"] <= body["read_timestamp"]:
            found = version
    if found is None:
        reply(request, {"type": "mvcc_get_ok", "value": None, "version": 0, "as_of_timestamp": None})
    else:
        reply(request, {
            "type": "mvcc_get_ok",
            "value": found["value"],
            "version": found["number"],
            "as_of_timestamp": found["timestamp"],
        })


def handle(request):
    global node_id
    kind = request["body"]["type"]
    if kind == "init":
        node_id = request["body"]["node_id"]
        reply(request, {"type": "init_ok"})
    elif kind == "mvcc_put":
        put(request)
    elif kind == "mvcc_get":
        get(request)
    else:
        error(request, 10, f"no such message type: {kind}")


for line in sys.stdin:
    if line.strip():
        handle(json.loads(line))
