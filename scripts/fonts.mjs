// `npm run fonts`: cut the page's fonts anew, from packages that only this needs.
import { fail } from "./lib/fail.mjs";
import { at } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const folder = at("tools", "fonts");
await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder })
  .then(() => run("node", ["subset.mjs"], { cwd: folder }))
  .catch(fail);
