// `npm run build`: the static site in web/dist, for any host and any sub-path.
import { buildPage } from "./lib/page.mjs";
import { fail } from "./lib/fail.mjs";

await buildPage().catch(fail);
