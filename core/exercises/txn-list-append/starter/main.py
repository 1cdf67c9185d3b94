import json
import sys

node_id = None
next_msg_id = 0


def reply(request, body):
    """Sends a message back to whoever sent the request."""
    global next_msg_id
    body = {**body, "in_reply_to": request["body"]["msg_id"], "msg_id": next_msg_id}
    next_msg_id += 1
    # flush: the answer must leave before we wait for the next request.
    print(json.dumps({"src": node_id, "dest": request["src"], "body": body}), flush=True)


def transact(request):
    txn = request["body"]["txn"]
    # Continue here: run the micro-operations in order, and fill in the reads.
    reply(request, {"type": "txn_ok", "txn": txn})


def handle(request):
    global node_id
    body = request["body"]
    if body["type"] == "init":
        node_id = body["node_id"]
        reply(request, {"type": "init_ok"})
    elif body["type"] == "txn":
        transact(request)
    else:
        reply(request, {"type": "error", "code": 10, "text": f"not supported: {body['type']}"})


# Standard output carries messages only. To print something for yourself, use file=sys.stderr.
for line in sys.stdin:
    handle(json.loads(line))
