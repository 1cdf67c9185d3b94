// `npm run screenshots`: pictures of every view of the built page, at both widths and in both
// themes, in screenshots/ (not kept). `-- --readme` renews the README's pictures in docs/ instead.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { browser } from "./lib/browser.mjs";
import { fail } from "./lib/fail.mjs";
import { buildPage } from "./lib/page.mjs";
import { at, dist } from "./lib/paths.mjs";
import { serve } from "./lib/server.mjs";

const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const themes = ["light", "dark"];

/** Name of the picture → address in the page. */
function views() {
  const course = at("core", "exercises");
  const exercises = fs.readdirSync(course).filter((id) => fs.existsSync(path.join(course, id, "exercise.toml")));
  const replays = exercises.flatMap((id) =>
    chosenCases(path.join(course, id, "cases")).map((name) => [`replay-${id}-${name}`, `#/replay/${id}/${name}`]),
  );
  return Object.fromEntries([
    ["home", "#/"],
    ...exercises.map((id) => [`exercise-${id}`, `#/exercise/${id}`]),
    ...replays,
    ["sandbox", "#/sandbox"],
    ["open", "#/open"],
  ]);
}

function chosenCases(folder) {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return names.slice(0, 2).map((name) => path.basename(name, ".jsonl"));
}

async function shoot(page, url, file) {
  await page.goto("about:blank");
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate(() => document.fonts.ready);
  // The last step has the most to show.
  await page.keyboard.press("End");
  await page.waitForTimeout(400);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}

async function main() {
  await buildPage();
  const readme = process.argv.includes("--readme");
  const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  const folder = at(readme ? "docs" : "screenshots");
  fs.mkdirSync(folder, { recursive: true });
  const { chromium } = await import("playwright-core");
  const chrome = await chromium.launch(await browser());
  const site = await serve(dist);
  const chosen = readme ? { replay: "#/replay/mvcc/24-taken-timestamp" } : views();
  for (const colorScheme of themes) {
    for (const [width, viewport] of Object.entries(readme ? { wide: widths.wide } : widths)) {
      const context = await chrome.newContext({ colorScheme, viewport, serviceWorkers: "block" });
      const page = await context.newPage();
      for (const [name, address] of Object.entries(chosen)) {
        if (words.length && !words.some((word) => name.includes(word))) continue;
        const file = [name, colorScheme, ...(readme ? [] : [width])].join("-");
        await shoot(page, site.url + address, path.join(folder, `${file}.png`));
        console.log(`${file}.png`);
      }
      await context.close();
    }
  }
  await chrome.close();
  await site.close();
}

await main().catch(fail);
