# Wrong: the keys of the reply are strings, whatever they were.
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


# The text of a key -> its list. The text, because 1, 1.0 and True are one key of a dictionary.
lists = {}


def transact(request):
    completed = []
    for function, key, value in request["body"]["txn"]:
        name = json.dumps(key)
        if function == "append":
            lists[name] = lists.get(name, []) + [value]
            completed.append([function, str(key), value])
        else:
            completed.append([function, str(key), lists.get(name)])
    reply(request, {"type": "txn_ok", "txn": completed})


def handle(request):
    global node_id
    kind = request["body"]["type"]
    if kind == "init":
        node_id = request["body"]["node_id"]
        reply(request, {"type": "init_ok"})
    elif kind == "txn":
        transact(request)
    else:
        error(request, 10, f"no such message type: {kind}")


for line in sys.stdin:
    if line.strip():
        handle(json.loads(line))
