// What every browser test needs: a browser, and what axe finds in a page.
import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { browser } from "../../scripts/lib/browser.mjs";

/** The two widths that the page is designed for. */
export const sizes = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
};

/** A busy machine is slow, and that is no failure. */
export const patience = 120_000;

export async function openBrowser() {
  return chromium.launch({ ...(await browser()), timeout: patience });
}

/** Wait until `condition` holds in the page, over reloads of the page too. */
export async function eventually(page, condition) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    if (await page.evaluate(condition).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never true in ${patience} ms: ${condition}`);
}

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every violation of WCAG 2.2 A and AA that axe finds in the page as it is now. */
export async function readAxe(page) {
  // Playwright evaluates outside the content policy of the page.
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  return page.evaluate((values) => globalThis.axe.run({ runOnly: { type: "tag", values } }), tags);
}

/** One line for each: the rule and the first thing that breaks it. */
export function violations(results) {
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} (${nodes.length})`);
}
