# Accepted: puts out of order or at a taken timestamp are refused, a read of nothing is error 20, and replies carry no msg_id.
import json
import sys

chains, me = {}, ""


def serve(body):
    global me
    kind = body.pop("type")
    if kind == "init":
        me = body["node_id"]
        return "init_ok", {}
    chain = chains.setdefault(body["key"], [(float("-inf"), None)])
    if kind == "mvcc_put":
        if body["timestamp"] <= chain[-1][0]:
            return "error", {"code": 22, "text": "time goes forward only"}
        chain.append((body["timestamp"], body["value"]))
        return "mvcc_put_ok", {"version": len(chain) - 1, "timestamp": body["timestamp"]}
    if kind == "mvcc_get":
        number = len(chain) - 1
        while chain[number][0] > body["read_timestamp"]:
            number -= 1
        if number == 0:
            return "error", {"code": 20, "text": "nothing had been written by then"}
        timestamp, value = chain[number]
        return "mvcc_get_ok", {"as_of_timestamp": timestamp, "version": number, "value": value}
    return "error", {"code": 10, "text": kind}


for line in iter(sys.stdin.readline, ""):
    message = json.loads(line)
    asked = message["body"].get("msg_id")
    kind, fields = serve(message["body"])
    answer = {"body": {**fields, "type": kind, "in_reply_to": asked}, "dest": message["src"], "src": me}
    sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
    sys.stdout.flush()
