# Accepted: versions come from one counter for all keys, transactions are called txn-7, an abort is error 30, a read of nothing is error 20, and replies carry no msg_id.
import itertools
import json
import sys

clock = itertools.count(1000, 5)
names = itertools.count(7)
values, versions = {}, {}
me = None


class Say(Exception):
    pass


def occ_begin(_):
    return {"txn_id": f"txn-{next(names)}", "isolation": "serializable"}


def occ_read(body):
    key = body["key"]
    if key not in values:
        raise Say(20)
    return {"version": versions[key], "value": values[key]}


def occ_commit(body):
    if any(versions.get(read["key"], 0) != read["version"] for read in body["read_versions"]):
        raise Say(30)
    stamp = next(clock)
    for write in body["writes"]:
        values[write["key"]] = write["value"]
        versions[write["key"]] = stamp
    return {"new_version": stamp, "committed": True}


def init(body):
    global me
    me = body["node_id"]
    return {}


for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    reply = {"in_reply_to": body["msg_id"]}
    try:
        reply.update(globals()[body["type"]](body), type=body["type"] + "_ok")
    except Say as refusal:
        reply.update(type="error", code=refusal.args[0], text="not now")
    except KeyError:
        reply.update(type="error", code=10)
    print(json.dumps({"body": reply, "dest": message["src"], "src": me}), flush=True)
