// `npm start`: set everything up, build the page and serve it on this machine.
// `npm start -- --dev` serves the sources instead, with reloading.
import process from "node:process";
import { buildPage } from "./lib/page.mjs";
import { fail } from "./lib/fail.mjs";
import { at, dist } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { serve } from "./lib/server.mjs";
import * as setUp from "./lib/set-up.mjs";

const port = Number(process.env.PORT ?? 4173);

async function main() {
  if (process.argv.includes("--dev")) {
    await setUp.forPage();
    await run("vite", [at("web"), "--config", at("web", "vite.config.ts"), "--port", String(port)]);
    return;
  }
  await buildPage();
  const { url } = await serve(dist, { port });
  console.log(`Isolab is at ${url} (Ctrl-C ends it)`);
}

await main().catch(fail);
