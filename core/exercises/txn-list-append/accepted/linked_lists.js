// Accepted: a list is a chain of cells from its newest element back, which a read walks; input is answered in bursts.
"use strict";
// A cell is [element, the cell before it]. Cells never change, so a list that was read stays as it was.
const heads = new Map();
let name;
let count = 0;

const toArray = (cell) => {
  const elements = [];
  for (let at = cell; at; at = at[1]) elements.push(at[0]);
  return elements.reverse();
};

const microOperations = {
  r: (key) => (heads.has(key) ? toArray(heads.get(key)) : null),
  append: (key, element) => {
    heads.set(key, [element, heads.get(key)]);
    return element;
  },
};

const handlers = {
  init({ node_id }) {
    name = node_id;
    return {};
  },
  txn({ txn }) {
    return { txn: txn.map(([f, key, value]) => [f, key, microOperations[f](`${typeof key} ${key}`, value)]) };
  },
};

function* answers(lines) {
  for (const line of lines) {
    if (line === "") continue;
    const { src, body } = JSON.parse(line);
    const handler = handlers[body.type];
    const reply = handler
      ? { ...handler(body), type: `${body.type}_ok` }
      : { type: "error", code: 10, text: "what?" };
    yield JSON.stringify({ body: { ...reply, in_reply_to: body.msg_id, msg_id: count++ }, src: name, dest: src }) + "\n";
  }
}

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  process.stdout.write([...answers(lines)].join(""));
});
