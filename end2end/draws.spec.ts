// Draws in the browser: an admin on a phone wishes, a manager runs the draw, and a loser verifies it.

import { accessible, enter, expect, hydrated, test } from "./lab.ts";
import { readFile, writeFile } from "node:fs/promises";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };
const DESK = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };

for (const javaScriptEnabled of [true, false]) {
  const way = javaScriptEnabled ? "with script" : "without script";
  test(`wish on a phone: refused, entered, changed and withdrawn, ${way}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const phone = await (await browser.newContext({ ...PHONE, javaScriptEnabled })).newPage();
    const ready = () => (javaScriptEnabled ? hydrated(phone) : Promise.resolve());
    await enter(lab, phone, "a member");
    const main = phone.getByRole("main");
    await phone.goto(`${lab.url}/draws`);
    await ready();
    if (javaScriptEnabled) await accessible(phone, "draws");
    await main.getByRole("link", { name: /^Rooms, next term/ }).click();
    await ready();
    const wishes = main.getByRole("region", { name: "Wishes of Bookbinders" });
    await expect(wishes.getByRole("listitem")).toHaveCount(2);
    if (javaScriptEnabled) await accessible(phone, "an open draw");

    await main.getByRole("link", { name: "Add wish for Bookbinders" }).click();
    await ready();
    await expect(main.getByRole("heading", { name: "Wish 3 of 5" })).toBeVisible();
    if (javaScriptEnabled) await accessible(phone, "a wish");
    await main.getByRole("combobox", { name: "Day" }).selectOption("Saturday");
    await main.getByLabel("From", { exact: true }).fill("20:00");
    await main.getByLabel("To", { exact: true }).fill("02:00");
    await main.getByRole("button", { name: "Save wish" }).click();
    await expect(main.getByText("A wish ends by Saturday midnight")).toBeVisible();
    await expect(main.getByLabel("From", { exact: true })).toHaveValue("20:00");
    await main.getByLabel("To", { exact: true }).fill("22:00");
    await main.getByRole("button", { name: "Save wish" }).click();
    await expect(wishes.getByRole("listitem")).toHaveCount(3);
    await expect(wishes).toContainText("Saturdays 20:00–22:00");

    await wishes.getByRole("link", { name: /^Edit wish: .*Saturdays/ }).click();
    await ready();
    await main.getByLabel("From", { exact: true }).fill("19:00");
    await main.getByRole("button", { name: "Save wish" }).click();
    await expect(wishes).toContainText("Saturdays 19:00–22:00");
    await wishes.getByRole("button", { name: /^Withdraw: .*Saturdays/ }).click();
    await expect(wishes.getByRole("listitem")).toHaveCount(2);
    await phone.context().close();
  });
}

test("manager runs a draw, and a loser sees why and verifies it", async ({ lab, browser }, info) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext(PHONE)).newPage();
  const desk = await (await browser.newContext(DESK)).newPage();
  await enter(lab, phone, "a member");
  await enter(lab, desk, "an administrator");
  const [small, large] = [phone.getByRole("main"), desk.getByRole("main")];
  await phone.goto(`${lab.url}/draws/3`);
  await hydrated(phone);
  await expect(small.getByRole("heading", { name: /^Closed, drawn/ })).toBeVisible();
  await desk.goto(`${lab.url}/draws/3`);
  await hydrated(desk);
  await accessible(desk, "a closed draw of a manager");
  await large.getByRole("button", { name: "Dry run" }).click();
  await expect(large.getByText(/would be won in/)).toBeVisible();
  await large.getByRole("button", { name: "Run draw" }).click();
  await expect(large.getByRole("heading", { name: "All turns" })).toBeVisible();
  await accessible(desk, "the result of a draw");

  // The member’s page shows it without a reload.
  await expect(small.getByRole("heading", { name: /^Bookbinders got \d of 3$/ })).toBeVisible({ timeout: 20_000 });
  await small.getByRole("link", { name: "Verify the draw" }).click();
  await hydrated(phone);
  await expect(small.getByRole("heading", { name: "The draw is right" })).toBeVisible();
  await accessible(phone, "the verification");
  const download = phone.waitForEvent("download");
  await small.getByRole("link", { name: "Download draw file" }).click();
  const file = info.outputPath("draw.json");
  await (await download).saveAs(file);

  // The same file is right, and one with a changed byte is not.
  await small.getByLabel("Verify another file").setInputFiles(file);
  await expect(small.getByRole("heading", { name: "The draw is right" })).toBeVisible();
  const text = await readFile(file, "utf8");
  const changed = text.replace('"importance":2', '"importance":1');
  expect(changed).not.toBe(text);
  const other = info.outputPath("draw (1).json");
  await writeFile(other, changed);
  await small.getByLabel("Verify another file").setInputFiles(other);
  await expect(small.getByRole("heading", { name: "This file doesn’t match" })).toBeVisible();
  await expect(small.getByText(/importance is 1, it was 2/)).toBeVisible();
  await expect(small.getByText("Not checked")).toHaveCount(3);
  await accessible(phone, "a file that does not match");
  await small.getByRole("button", { name: "Verify the published file" }).click();
  await expect(small.getByRole("heading", { name: "The draw is right" })).toBeVisible();
  for (const page of [phone, desk]) await page.context().close();
});
