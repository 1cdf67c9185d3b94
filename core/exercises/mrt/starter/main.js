"use strict";
const readline = require("node:readline");

let nodeId = null;
let nextMsgId = 0;

/** Sends a message back to whoever sent the request. */
function reply(request, body) {
  body = { ...body, in_reply_to: request.body.msg_id, msg_id: nextMsgId };
  nextMsgId += 1;
  console.log(JSON.stringify({ src: nodeId, dest: request.src, body }));
}

function handle(request) {
  const { body } = request;
  if (body.type === "init") {
    nodeId = body.node_id;
    reply(request, { type: "init_ok" });
  }
  // Continue here: mrt_begin, mrt_put, mrt_get, mrt_commit and mrt_abort.
  else {
    reply(request, { type: "error", code: 10, text: `not supported: ${body.type}` });
  }
}

// RIPEMD-160, for digests (stages 3 and 5): ripemd160(bytes) gives 20 bytes.
// Two lines of five rounds; a digit names the word of the block, or the rotation.
const WORDS = [
  "0123456789abcdef74d1a6f3c0952eb83ae49f812706db5c19ba08c4d37fe56240597c2ae138b6fd",
  "5e7092b4d6f81a3c6b370d5aef8c4912f5137e69b8c2a04d86413bf05c2d97aecfa4158762de039b",
];
const TURNS = [
  "befc5879bdef6798768db97f7cf9b7dcbd67e9dfe8d65c75bcefef989e56865c9f5b68dc5cdeb856",
  "899bdff5778beec69df7c89b77c76fdb97fb866ecd5edd75f58bee6e69c9c5f885c9c5e68d65fdbb",
];
const CONSTANTS = [
  [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e],
  [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0],
];
const MIX = [
  (x, y, z) => x ^ y ^ z,
  (x, y, z) => (x & y) | (~x & z),
  (x, y, z) => (x | ~y) ^ z,
  (x, y, z) => (x & z) | (y & ~z),
  (x, y, z) => x ^ (y | ~z),
];

function ripemd160(bytes) {
  const turn = (x, by) => (x << by) | (x >>> (32 - by));
  const padded = new Uint8Array((Math.ceil((bytes.length + 9) / 64)) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(8 * bytes.length), true);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < padded.length; start += 64) {
    const [left, right] = [0, 1].map((line) => {
      let [a, b, c, d, e] = state;
      for (let step = 0; step < 80; step += 1) {
        const part = step >> 4;
        const mix = MIX[line ? 4 - part : part](b, c, d);
        const word = view.getUint32(start + 4 * parseInt(WORDS[line][step], 16), true);
        const t = turn((a + mix + word + CONSTANTS[line][part]) | 0, parseInt(TURNS[line][step], 16)) + e;
        [a, b, c, d, e] = [e, t | 0, b, turn(c, 10), d];
      }
      return [a, b, c, d, e];
    });
    state = state.map((_, i) => (state[(i + 1) % 5] + left[(i + 2) % 5] + right[(i + 3) % 5]) | 0);
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => digest.setUint32(4 * i, word >>> 0, true));
  return new Uint8Array(digest.buffer);
}

// Standard output carries messages only. To print something for yourself, use console.error.
readline.createInterface({ input: process.stdin }).on("line", (line) => handle(JSON.parse(line)));
