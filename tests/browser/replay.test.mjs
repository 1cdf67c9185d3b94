// The replay of a published case: stepping, jumping, hovering, reasons that light things, and all of
// it by keyboard alone.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { atStep, isAccessible, openSite, stepOf } from "./site.mjs";
import { sizes } from "./visit.mjs";

let site;
before(async () => {
  site = await openSite();
});
after(() => site?.close());

const oldRead = "#/replay/mvcc/published-1";

test("from the course to the version chains of a published case", async () => {
  const { page, done } = await site.visit("");
  await page.getByRole("link", { name: "Multi-version concurrency control" }).click();
  await page.getByRole("link", { name: "Read at old timestamp gets old version" }).click();
  await atStep(page, 1);
  for (const step of [2, 3, 4]) {
    await page.getByRole("button", { name: "Step on" }).click();
    await atStep(page, step);
  }
  await page.getByRole("button", { name: 'x v1 "old" at 100, chosen' }).waitFor();
  await page.getByRole("button", { name: 'x v2 "new" at 200, newer: not visible' }).waitFor();
  await page.getByRole("heading", { name: "Why v1, and not v2?" }).waitFor();
  await done();
});

test("every key of the transport", async () => {
  const { page, done } = await site.visit(oldRead);
  await atStep(page, 1);
  for (const [key, step] of [
    ["ArrowRight", 2],
    ["End", 4],
    ["ArrowLeft", 3],
    ["Home", 0],
    ["ArrowRight", 1],
  ]) {
    await page.keyboard.press(key);
    await atStep(page, step);
  }
  await page.keyboard.press("]");
  await page.getByRole("button", { name: "Speed 2 times" }).waitFor();
  await page.keyboard.press("[");
  await page.getByRole("button", { name: "Speed 1 times" }).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await atStep(page, 4);
  await done();
});

test("hovering the scrubber previews a message, clicking goes there", async () => {
  const { page, done } = await site.visit(`${oldRead}?step=4`);
  const slider = page.getByRole("slider", { name: "Message" });
  const { x, y, width } = await slider.boundingBox();
  await page.mouse.move(x + 14 + (width - 28) / 3, y + 20);
  await page.getByText(/^Preview: .*message 2/).waitFor();
  assert.equal(await stepOf(page), 4);
  await page.mouse.down();
  await page.mouse.up();
  await atStep(page, 2);
  await done();
});

test("words in a reason light what they name, and the keyboard finds it", async () => {
  const { page, done } = await site.visit(`${oldRead}?step=4`);
  const link = page.getByRole("region", { name: "Why" }).getByRole("button", { name: /^v1/ });
  await link.focus();
  await page.locator(".lit-box").waitFor();
  await link.press("Enter");
  const block = page.locator('[data-thing="x/v1"]');
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-thing") === "x/v1");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-thing") === "x/v2");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-thing") === "x/v1");
  await block.press("Enter");
  await page.getByRole("button", { name: "From message 2." }).click();
  await atStep(page, 2);
  await done();
});

test("a picture as a table, as sentences, as files and as an address", async () => {
  const { page, context, done } = await site.visit(`${oldRead}?step=4`);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "As a table" }).click();
  await page.getByRole("table").first().waitFor();
  await page.getByRole("button", { name: "As sentences" }).click();
  for (const [name, starts] of [
    ["Save SVG", "<svg"],
    ["Save PNG", "\x89PNG"],
  ]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    const bytes = fs.readFileSync(await download.path());
    assert.ok(bytes.toString("latin1").startsWith(starts), name);
    assert.ok(bytes.length > 1000, `${name}: ${bytes.length} bytes`);
  }
  await page.getByRole("button", { name: "Link to this step" }).click();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(address, /#\/replay\/mvcc\/published-1\?step=4$/);
  await done();
});

test("the address follows the step, and leads back to it", async () => {
  const { page, done } = await site.visit(oldRead);
  await page.keyboard.press("End");
  await page.waitForFunction(() => location.hash.endsWith("step=4"));
  await page.reload();
  await atStep(page, 4);
  await done();
});

test("a jump never animates, and reduced motion never does", async () => {
  const { page, done } = await site.visit(oldRead);
  await page.keyboard.press("ArrowRight");
  await page.locator(".stage svg.moving").waitFor();
  await page.keyboard.press("End");
  await page.locator(".stage svg:not(.moving)").waitFor();
  await done();
  const still = await site.visit(oldRead, { reducedMotion: "reduce" });
  await still.page.keyboard.press("ArrowRight");
  await atStep(still.page, 2);
  assert.equal(
    await still.page.evaluate(
      () => document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 0).length,
    ),
    0,
  );
  await still.done();
});

const shown = {
  "version chains": `${oldRead}?step=4`,
  transactions: "#/replay/occ/02-stale-read-then-retry?step=12",
  "the log": "#/replay/multi-key-txn/07-one-bad-operation?step=6",
  lists: "#/replay/txn-list-append/12-a-long-list?step=12",
};

for (const [name, hash] of Object.entries(shown)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}: accessible, ${colorScheme}, wide, narrow and at 200 % zoom`, async () => {
      // 200 % zoom of a window of 1280 is a window of 640.
      for (const viewport of [sizes.wide, sizes.narrow, { width: 640, height: 450 }]) {
        const { page, done } = await site.visit(hash, { colorScheme, viewport });
        await page.locator(".stage svg.pic").waitFor();
        await isAccessible(page);
        await done();
      }
    });
  }
}

test("narrow: the picture first, the others behind tabs that the arrows turn", async () => {
  const { page, done } = await site.visit(`${oldRead}?step=4`, { viewport: sizes.narrow });
  await page.locator(".stage svg.pic").waitFor();
  await page.getByRole("tab", { name: "Picture" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tab", { name: "Transcript", selected: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: /mvcc_get x @150/ }).isVisible(), true);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("heading", { name: "Why v1, and not v2?" }).isVisible(), true);
  await done();
});
