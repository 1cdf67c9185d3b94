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

function transact(request) {
  const { txn } = request.body;
  // Continue here: run the micro-operations in order, and fill in the reads.
  reply(request, { type: "txn_ok", txn });
}

function handle(request) {
  const { body } = request;
  if (body.type === "init") {
    nodeId = body.node_id;
    reply(request, { type: "init_ok" });
  } else if (body.type === "txn") {
    transact(request);
  } else {
    reply(request, { type: "error", code: 10, text: `not supported: ${body.type}` });
  }
}

// Standard output carries messages only. To print something for yourself, use console.error.
readline.createInterface({ input: process.stdin }).on("line", (line) => handle(JSON.parse(line)));
