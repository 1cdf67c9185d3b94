import json
import struct
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


def handle(request):
    global node_id
    body = request["body"]
    if body["type"] == "init":
        node_id = body["node_id"]
        reply(request, {"type": "init_ok"})
    # Continue here: mrt_begin, mrt_put, mrt_get, mrt_commit and mrt_abort.
    else:
        reply(request, {"type": "error", "code": 10, "text": f"not supported: {body['type']}"})


# RIPEMD-160, for digests (stages 3 and 5): ripemd160(b"...") gives 20 bytes.
# Two lines of five rounds; a digit names the word of the block, or the rotation.
WORDS = (
    "0123456789abcdef74d1a6f3c0952eb83ae49f812706db5c19ba08c4d37fe56240597c2ae138b6fd",
    "5e7092b4d6f81a3c6b370d5aef8c4912f5137e69b8c2a04d86413bf05c2d97aecfa4158762de039b",
)
TURNS = (
    "befc5879bdef6798768db97f7cf9b7dcbd67e9dfe8d65c75bcefef989e56865c9f5b68dc5cdeb856",
    "899bdff5778beec69df7c89b77c76fdb97fb866ecd5edd75f58bee6e69c9c5f885c9c5e68d65fdbb",
)
CONSTANTS = (
    (0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E),
    (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0),
)
MIX = (
    lambda x, y, z: x ^ y ^ z,
    lambda x, y, z: (x & y) | (~x & z),
    lambda x, y, z: (x | ~y) ^ z,
    lambda x, y, z: (x & z) | (y & ~z),
    lambda x, y, z: x ^ (y | ~z),
)


def ripemd160(data):
    def turn(x, by):
        x &= 0xFFFFFFFF
        return (x << by | x >> (32 - by)) & 0xFFFFFFFF

    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for start in range(0, len(padded), 64):
        block = struct.unpack_from("<16I", padded, start)
        ends = []
        for line in (0, 1):
            a, b, c, d, e = state
            for step in range(80):
                part = step // 16
                mix = MIX[4 - part if line else part]
                word = block[int(WORDS[line][step], 16)]
                t = turn(a + mix(b, c, d) + word + CONSTANTS[line][part], int(TURNS[line][step], 16)) + e
                a, b, c, d, e = e, t & 0xFFFFFFFF, b, turn(c, 10), d
            ends.append((a, b, c, d, e))
        left, right = ends
        state = [(state[(i + 1) % 5] + left[(i + 2) % 5] + right[(i + 3) % 5]) & 0xFFFFFFFF for i in range(5)]
    return struct.pack("<5I", *state)


# Standard output carries messages only. To print something for yourself, use file=sys.stderr.
for line in sys.stdin:
    handle(json.loads(line))
