# Accepted: log_index begins at 0 and grows by 10, reads take entries too, replies carry no msg_id and have their keys sorted.
import json
import sys


class Log:
    """Commands in the order in which they were committed."""

    STEP = 10

    def __init__(self):
        self.entries = []

    def append(self, command):
        self.entries.append(command)
        return (len(self.entries) - 1) * self.STEP


class Machine:
    """Applies a command to a copy of the state and then swaps the copy in."""

    def __init__(self):
        self.state = {}

    def apply(self, command):
        touched = {}
        answers = []
        for op, key, value in command:
            if op == "get":
                answers.append({"op": "get", "key": key, "value": touched.get(key, self.state.get(key))})
            else:
                touched[key] = value
        for key, value in touched.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value
        return answers


def parse(operations):
    command = []
    for operation in operations:
        op, key = operation["op"], operation["key"]
        if not isinstance(key, str):
            raise TypeError("key")
        if op == "put":
            command.append((op, key, operation["value"]))
        elif op in ("get", "delete"):
            command.append((op, key, None))
        else:
            raise ValueError(op)
    return command


log, machine, me = Log(), Machine(), None


def answer(body):
    global me
    if body["type"] == "init":
        me = body["node_id"]
        return {"type": "init_ok"}
    if body["type"] != "txn_execute":
        return {"type": "error", "code": 10, "text": body["type"]}
    try:
        command = parse(body["operations"])
    except (KeyError, TypeError, ValueError) as reason:
        return {"type": "error", "code": 22, "text": repr(reason)}
    index = log.append(command)
    results = machine.apply(command)
    writes = sum(op != "get" for op, _, _ in command)
    return {"type": "txn_execute_ok", "committed": True, "log_index": index, "ops_applied": writes, "results": results}


while line := sys.stdin.readline():
    message = json.loads(line)
    body = dict(answer(message["body"]), in_reply_to=message["body"]["msg_id"])
    sys.stdout.write(json.dumps({"src": me, "dest": message["src"], "body": body}, sort_keys=True) + "\n")
    sys.stdout.flush()
