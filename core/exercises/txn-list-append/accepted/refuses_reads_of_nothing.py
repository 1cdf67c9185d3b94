# Accepted: a transaction that reads a key without a list is error 20 and has no effect; the state is one immutable dictionary for each transaction.
import json
import sys

DONE = {"init": "init_ok", "txn": "txn_ok"}


class NoSuchKey(Exception):
    pass


def complete(state, txn):
    """Gives the state after the transaction, and the transaction with its reads filled in."""
    if not txn:
        return state, []
    (function, key, value), *others = txn
    name = json.dumps(key)
    if function == "append":
        state = {**state, name: (*state.get(name, ()), value)}
        seen = value
    elif name in state:
        seen = state[name]
    else:
        raise NoSuchKey(name)
    state, completed = complete(state, others)
    return state, [(function, key, seen), *completed]


def main():
    state, me = {}, None
    for line in sys.stdin:
        message = json.loads(line)
        body = message["body"]
        reply = {"type": DONE.get(body["type"], "error"), "in_reply_to": body["msg_id"]}
        if body["type"] == "init":
            me = body["node_id"]
        elif body["type"] == "txn":
            try:
                state, reply["txn"] = complete(state, body["txn"])
            except NoSuchKey as missing:
                reply |= {"type": "error", "code": 20, "text": f"nothing at {missing}"}
        else:
            reply["code"] = 10
        print(json.dumps({"src": me, "dest": message["src"], "body": reply}), flush=True)


main()
