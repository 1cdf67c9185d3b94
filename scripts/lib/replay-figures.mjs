// What a long replay costs: a view of ten thousand versions on its way to the page, and a step
// of a ten-thousand-step replay on the screen.
import path from "node:path";
import { generated } from "./paths.mjs";
import { serve } from "./server.mjs";

const versions = 10_000;
const steps = 200;

/** Messages of a run, as lines: so many puts over so many keys, then reads of any of the times. */
export function longRun(puts, keys, reads = 0) {
  const line = (body) => JSON.stringify({ src: "c1", dest: "n1", body });
  const message = (at) =>
    at < puts
      ? { type: "mvcc_put", msg_id: at + 2, key: `key${at % keys}`, value: `${at}`, timestamp: at + 1 }
      : { type: "mvcc_get", msg_id: at + 2, key: `key${at % keys}`, timestamp: ((at * 7919) % puts) + 1 };
  const init = { type: "init", msg_id: 1, node_id: "n1", node_ids: ["n1"] };
  return [init, ...Array.from({ length: puts + reads }, (_, at) => message(at))].map(line).join("\n");
}

/** The view of all versions, beside the same number of objects made of a typed array. */
export async function sendVersions(chrome) {
  const site = await serve(path.join(generated, "wasm"));
  const page = await chrome.newPage();
  try {
    await page.goto(`${site.url}empty`);
    const [value, floor] = await page.evaluate(viewAndFloor, { script: longRun(versions, 10), count: versions });
    return {
      name: "10,000 versions as a view to JavaScript",
      unit: "ms",
      value,
      floor: { name: "objects made of a typed array", value: floor },
      must: { kind: "at_most", value: 1 },
    };
  } finally {
    await page.close();
    await site.close();
  }
}

/* Runs in the page. */
async function viewAndFloor({ script, count }) {
  const { default: init, Run } = await import(new URL("isolab_wasm.js", location.href).href);
  await init();
  const run = new Run(script);
  const columns = new Float64Array(count * 4);
  const least = [Infinity, Infinity];
  const time = (slot, work) => {
    const begun = performance.now();
    const made = work();
    least[slot] = Math.min(least[slot], performance.now() - begun);
    return made;
  };
  for (let round = 0; round < 30; round++) {
    time(0, () => run.scene(run.steps, { picture: "chains" }));
    time(1, () => {
      const made = new Array(count);
      for (let at = 0; at < count; at++) {
        const from = at * 4;
        made[at] = { from: columns[from], to: columns[from + 1], version: columns[from + 2], role: columns[from + 3] };
      }
      return made;
    });
  }
  return least;
}

/** Script, style and layout of one step back in a long replay, the 95th percentile. */
export async function scrub(chrome, url) {
  const context = await chrome.newContext({ serviceWorkers: "block", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  try {
    await page.goto(`${url}#/open`);
    await page.locator("input[type=file]").setInputFiles({
      name: "long.jsonl",
      mimeType: "text/plain",
      buffer: Buffer.from(longRun(1000, 10, 9000)),
    });
    await page.getByRole("slider").first().waitFor();
    await page.keyboard.press("End");
    const costs = [];
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    for (let at = 0; at < steps; at++) costs.push(await stepCost(page, session));
    costs.sort((a, b) => a - b);
    return {
      name: "a step of a 10,000-step replay: script and layout, 95th percentile",
      unit: "ms",
      value: costs[Math.floor(costs.length * 0.95)],
      must: { kind: "at_most", value: 16 },
    };
  } finally {
    await context.close();
  }
}

async function stepCost(page, session) {
  const before = await work(session);
  await page.keyboard.press("ArrowLeft");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return (await work(session)) - before;
}

/** Milliseconds of script, style and layout so far. */
async function work(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  const wanted = new Set(["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"]);
  return metrics.filter(({ name }) => wanted.has(name)).reduce((total, { value }) => total + value * 1000, 0);
}
