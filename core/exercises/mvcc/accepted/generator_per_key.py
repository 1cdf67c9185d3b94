# Accepted: every key is a generator that is sent its puts and gets; a read of nothing has only value: null.
import json
import sys
from bisect import bisect, insort


def key():
    """Answers (operation, timestamp, value) for one key, for ever."""
    history, arrived, answer = [], 0, None
    while True:
        operation, timestamp, value = yield answer
        if operation == "put":
            arrived += 1
            insort(history, (timestamp, arrived, value), key=lambda version: version[0])
            answer = {"version": arrived, "timestamp": timestamp}
        else:
            seen = bisect(history, timestamp, key=lambda version: version[0])
            fields = ("as_of_timestamp", "version", "value")
            answer = dict(zip(fields, history[seen - 1])) if seen else {"value": None}


keys = {}


def ask(name, *question):
    if name not in keys:
        keys[name] = key()
        next(keys[name])
    return keys[name].send(question)


def main():
    me = None
    for sent, line in enumerate(sys.stdin):
        message = json.loads(line)
        body = message["body"]
        reply = {"type": body["type"] + "_ok", "in_reply_to": body["msg_id"], "msg_id": 7 * sent}
        if body["type"] == "init":
            me = body["node_id"]
        elif body["type"] == "mvcc_put":
            reply |= ask(body["key"], "put", body["timestamp"], body["value"])
        elif body["type"] == "mvcc_get":
            reply |= ask(body["key"], "get", body["read_timestamp"], None)
        else:
            reply |= {"type": "error", "code": 10, "text": "not supported"}
        print(json.dumps({"dest": message["src"], "src": me, "body": reply}), flush=True)


main()
