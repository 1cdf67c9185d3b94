// The built page as a visitor meets it: it starts, asks no other origin for anything, is
// accessible in both themes and at both widths, works below a sub-path of a plain host, and
// goes on without a network.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, openBrowser, patience, readAxe, sizes, violations } from "./visit.mjs";
import { dist } from "../../scripts/lib/paths.mjs";
import { serve } from "../../scripts/lib/server.mjs";

let browser;
let site;

before(async () => {
  browser = await openBrowser();
  site = await serve(dist);
});

after(async () => {
  await browser?.close();
  await site?.close();
});

async function visit(url, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const asked = request.url();
    if (/^https?:/.test(asked) && new URL(asked).origin !== new URL(url).origin)
      problems.push(`left the origin: ${asked}`);
  });
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return { context, page, problems };
}

for (const colorScheme of ["light", "dark"]) {
  for (const [name, viewport] of Object.entries(sizes)) {
    test(`the page is accessible, ${colorScheme}, ${name}`, async () => {
      const { context, page, problems } = await visit(site.url, { colorScheme, viewport });
      assert.deepEqual(violations(await readAxe(page)), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      assert.deepEqual(problems, []);
      await context.close();
    });
  }
}

test("the page is isolated where the host sends the headers", async () => {
  const { context, page } = await visit(site.url);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  await context.close();
});

test("below a sub-path of a plain host, the page isolates itself and works offline", async (t) => {
  const plain = await serve(dist, { base: "/some/where/", headers: {} });
  t.after(() => plain.close());
  const { context, page, problems } = await visit(plain.url);
  t.after(() => context.close());
  await eventually(page, () => crossOriginIsolated && navigator.serviceWorker.controller !== null);
  await plain.close();
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  assert.deepEqual(problems, []);
});
