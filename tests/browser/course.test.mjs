// The course: one place to begin, hints one by one, and progress that is kept, exported and reset.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { isAccessible, openSite } from "./site.mjs";
import { sizes } from "./visit.mjs";

let site;
before(async () => {
  site = await openSite();
});
after(() => site?.close());

test("there is one place to begin, and it moves with the learner", async () => {
  const { page, done } = await site.visit("");
  const begin = page.getByRole("link", { name: /^(Begin|Continue) exercise/ });
  assert.equal(await begin.count(), 1);
  assert.equal(await begin.textContent(), "Begin exercise 1");
  await page.getByRole("link", { name: "Optimistic concurrency control" }).click();
  await page.getByRole("button", { name: "Show hint 1 of" }).click();
  await page.getByRole("link", { name: "Course" }).click();
  await page.getByRole("link", { name: "Continue exercise 2" }).waitFor();
  await done();
});

test("hints come one at a time and stay", async () => {
  const { page, done } = await site.visit("#/exercise/mvcc");
  const hints = page.getByRole("region", { name: "Hints" });
  assert.equal(await hints.getByRole("listitem").count(), 0);
  await hints.getByRole("button").click();
  await hints.getByRole("button").click();
  await page.reload();
  await hints.getByRole("button", { name: "Show hint 3" }).waitFor();
  assert.equal(await hints.locator("> ol > li").count(), 2);
  await done();
});

test("progress is exported, reset and imported", async () => {
  const { page, done } = await site.visit("#/replay/mvcc/published-1");
  await page.getByRole("slider").waitFor();
  await page.getByRole("link", { name: "Course" }).click();
  await page.getByText("1 of").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  const file = await download.path();
  assert.deepEqual(JSON.parse(fs.readFileSync(file, "utf8")).exercises.mvcc.replayed, ["published-1"]);
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("button", { name: "Yes, reset" }).click();
  await page.getByRole("link", { name: "Begin exercise 1" }).waitFor();
  const chooser = page.locator('input[type="file"]');
  await chooser.setInputFiles({ name: "wrong.json", mimeType: "application/json", buffer: Buffer.from("[1]") });
  await page.getByText("wrong.json was not imported: the file: expected an object.").waitFor();
  await chooser.setInputFiles({ name: "p.json", mimeType: "application/json", buffer: fs.readFileSync(file) });
  await page.getByText("Progress imported.").waitFor();
  await page.getByRole("link", { name: "Continue exercise 3" }).waitFor();
  await done();
});

test("an address that leads nowhere says so", async () => {
  const { page, done } = await site.visit("#/nowhere");
  await page.getByRole("heading", { name: "Nothing is at this address" }).waitFor();
  await page.evaluate(() => (location.hash = "#/exercise/none"));
  await page.getByRole("alert").getByText("There is no exercise").waitFor();
  await page.evaluate(() => (location.hash = "#/replay/mvcc/none"));
  await page.getByRole("alert").getByText("has no case").waitFor();
  await done();
});

test("the theme is chosen and kept; every key is listed", async () => {
  const { page, done } = await site.visit("", { colorScheme: "light" });
  await page.getByRole("button", { name: "Theme: light" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Theme: dark" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await isAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await done();
});

for (const [name, viewport] of Object.entries(sizes)) {
  for (const hash of ["", "#/exercise/occ", "#/contention", "#/sandbox", "#/open"]) {
    test(`${hash || "home"} is accessible in both themes, ${name}`, async () => {
      for (const colorScheme of ["light", "dark"]) {
        const { page, done } = await site.visit(hash, { colorScheme, viewport });
        await isAccessible(page);
        await done();
      }
    });
  }
}
