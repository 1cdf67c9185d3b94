"""A node as a learner would write it: one dictionary, each reply flushed."""
import json
import sys

values, lists, sent, log_index = {}, {}, 0, 0
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    reply = {"type": body["type"] + "_ok", "in_reply_to": body["msg_id"], "msg_id": sent}
    sent += 1
    if body["type"] == "txn_execute":
        results, writes = [], 0
        for operation in body["operations"]:
            if operation["op"] == "put":
                values[operation["key"]] = operation["value"]
                writes += 1
            elif operation["op"] == "delete":
                values.pop(operation["key"], None)
                writes += 1
            else:
                value = values.get(operation["key"])
                results.append({"op": "get", "key": operation["key"], "value": value})
        reply["committed"] = True
        if writes:
            log_index += 1
            reply["log_index"], reply["ops_applied"] = log_index, writes
        if results:
            reply["results"] = results
    elif body["type"] == "txn":
        reply["txn"] = []
        for function, key, value in body["txn"]:
            if function == "append":
                lists.setdefault(key, []).append(value)
            else:
                value = list(lists[key]) if key in lists else None
            reply["txn"].append([function, key, value])
    print(json.dumps({"src": message["dest"], "dest": message["src"], "body": reply}), flush=True)
