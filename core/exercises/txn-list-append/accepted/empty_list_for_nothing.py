# Accepted: a key without appends reads as an empty list; replies carry no msg_id but a field of their own, and their keys are sorted.
import json
import sys
from collections import defaultdict

state = defaultdict(tuple)
me = "?"

# Tuples do not change, so a read may hand out the stored one.
micro = {
    "r": lambda name, _: list(state[name]),
    "append": lambda name, value: (state.__setitem__(name, state[name] + (value,)), value)[1],
}

while True:
    line = sys.stdin.readline()
    if line == "":
        break
    message = json.loads(line)
    asked, kind = message["body"]["msg_id"], message["body"]["type"]
    if kind == "init":
        me = message["body"]["node_id"]
        answer = {"type": "init_ok"}
    elif kind == "txn":
        txn = [[f, key, micro[f]((type(key).__name__, repr(key)), value)] for f, key, value in message["body"]["txn"]]
        answer = {"type": "txn_ok", "txn": txn, "took_effect_at": len(state)}
    else:
        answer = {"type": "error", "code": 10, "text": kind}
    answer["in_reply_to"] = asked
    json.dump({"src": me, "dest": message["src"], "body": answer}, sys.stdout, sort_keys=True)
    sys.stdout.write("\n")
    sys.stdout.flush()
