// The sandbox: a script that runs as it is written, errors at their lines, forms, forks, and an
// address that holds all of it; and recorded runs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { atStep, openSite } from "./site.mjs";

let site;
before(async () => {
  site = await openSite();
});
after(() => site?.close());

const editor = (page) => page.getByRole("textbox", { name: "Script, one message a line" });

async function write(page, text) {
  await page.locator(".host .cm-content").waitFor();
  await editor(page).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText(text);
}

test("what is written runs at once, and the address holds it", async () => {
  const { page, context, done } = await site.visit("#/sandbox");
  await atStep(page, 4);
  await write(page, '{"src":"c2","dest":"n1","body":{"type":"mvcc_get","msg_id":5,"key":"x","read_timestamp":250}}');
  await page.locator('[role="slider"][aria-valuemax="5"]').waitFor();
  await page.getByRole("button", { name: "Transcript" }).click();
  await page.getByRole("button", { name: /mvcc_get x @250/ }).click();
  await atStep(page, 5);
  await page.waitForFunction(() => /step=5&s=/.test(location.hash));
  const other = await context.newPage();
  await other.goto(page.url());
  await atStep(other, 5);
  await other.getByRole("button", { name: 'x v2 "new" at 200, chosen' }).waitFor();
  await done();
});

test("an error stands at its line and leads there", async () => {
  const { page, done } = await site.visit("#/sandbox");
  await write(
    page,
    '{"src":"c1","dest":"n1","body":{"type":"mvcc_put","msg_id":5,"key":"x","value":"late","timestamp":"soon"}}',
  );
  const error = page.getByRole("button", { name: "line 5" });
  await error.waitFor();
  await page
    .getByText(/timestamp/)
    .first()
    .waitFor();
  await error.click();
  await atStep(page, 5);
  await done();
});

test("a message is added with a form, without writing JSON", async () => {
  const { page, done } = await site.visit("#/sandbox");
  await page.getByRole("button", { name: "Add with a form" }).click();
  await page.getByRole("combobox", { name: "Message", exact: true }).selectOption("mvcc_get");
  await page.getByLabel("key", { exact: true }).fill("x");
  await page.getByLabel(/^read_timestamp/).fill("250");
  await page.getByRole("button", { name: "Add after this step" }).click();
  await atStep(page, 5);
  await page.getByRole("button", { name: 'x v2 "new" at 200, chosen' }).waitFor();
  await done();
});

test("a run is forked from any step, and going back leads to the whole script", async () => {
  const { page, done } = await site.visit("#/sandbox");
  await page.keyboard.press("Home");
  for (let i = 0; i < 2; i += 1) await page.keyboard.press("ArrowRight");
  await atStep(page, 2);
  await page.getByRole("button", { name: "Fork from step 2" }).click();
  await page.locator('[role="slider"][aria-valuemax="2"]').waitFor();
  await page.goBack();
  await page.locator('[role="slider"][aria-valuemax="4"]').waitFor();
  await done();
});

test("a case of an exercise is forked into the sandbox", async () => {
  const { page, done } = await site.visit("#/replay/mvcc/published-1?step=3");
  await page.getByRole("button", { name: "Fork in the sandbox" }).click();
  await page.getByRole("heading", { name: "Sandbox" }).waitFor();
  await atStep(page, 3);
  await done();
});

test("a damaged address is told, and the sandbox still opens", async () => {
  const { page, done } = await site.visit("#/sandbox?step=2&s=AAAA");
  await page.getByRole("alert").getByText("damaged").waitFor();
  await page.getByRole("slider", { name: "Message" }).waitFor();
  await done();
});

test("a recorded run opens with its answers beside the reference's", async () => {
  const { page, done } = await site.visit("#/open");
  const lines = [
    '{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}',
    '{"src": "n1", "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1, "msg_id": 0}}',
    '{"src":"c1","dest":"n1","body":{"type":"mvcc_put","msg_id":2,"key":"x","value":"old","timestamp":100}}',
    '{"src": "n1", "dest": "c1", "body": {"type": "mvcc_put_ok", "in_reply_to": 2, "msg_id": 1, "version": 7, "timestamp": 100}}',
  ];
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "run.jsonl", mimeType: "text/plain", buffer: Buffer.from(lines.join("\n")) });
  await page.getByText("first divergence").waitFor();
  assert.equal(await page.locator('[role="slider"]').getAttribute("aria-valuemax"), "2");
  await page.keyboard.press("End");
  await page.getByRole("region", { name: "Why" }).getByText("yours").waitFor();
  await done();
});
