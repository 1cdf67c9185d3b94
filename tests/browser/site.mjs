// A built page that is served, visited and watched: nothing may leave the origin or fail quietly.
import assert from "node:assert/strict";
import { openBrowser, readAxe, violations } from "./visit.mjs";
import { dist } from "../../scripts/lib/paths.mjs";
import { serve } from "../../scripts/lib/server.mjs";

/** Below a sub-path, as any host may serve it. */
export async function openSite() {
  const browser = await openBrowser();
  const site = await serve(dist, { base: "/courses/isolab/" });
  return {
    /** A page at an address of the site, in a context of its own. */
    async visit(hash, options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        serviceWorkers: "block",
        ...options,
      });
      const page = await context.newPage();
      const problems = [];
      page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(`console: ${message.text()}`);
      });
      page.on("request", (request) => {
        const asked = request.url();
        if (/^https?:/.test(asked) && !asked.startsWith(new URL(site.url).origin))
          problems.push(`left the origin: ${asked}`);
      });
      await page.goto(site.url + hash);
      await page.getByRole("heading", { level: 1 }).waitFor();
      return {
        page,
        context,
        async done() {
          assert.deepEqual(problems, []);
          await context.close();
        },
      };
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

/** Nothing that axe finds, and nothing wider than the window. */
export async function isAccessible(page) {
  assert.deepEqual(violations(await readAxe(page)), []);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${over} px too wide`);
}

/** The step that the replay shows, as its slider says. */
export const stepOf = (page) =>
  page.getByRole("slider", { name: "Message" }).getAttribute("aria-valuenow").then(Number);

export async function atStep(page, step) {
  await page.locator(`[role="slider"][aria-valuenow="${step}"]`).waitFor();
}
