// Maintenance in the browser: due at the board, logged there by a card, and live on every open page; planned and
// logged on the web as well.

import { accessible, enter, expect, hydrated, MARTA, row, test } from "./lab.ts";

test("due maintenance: logged at the board, shown live", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const boards = await lab.boards("7");
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, phone, "a member");
  await enter(lab, desk, "an administrator");
  await phone.goto(lab.url);
  await desk.goto(`${lab.url}/machines/7/maintenance`);
  for (const page of [phone, desk]) await hydrated(page);
  await expect(row(phone, 7)).toContainText("Maintenance due");
  const main = desk.getByRole("main");
  await expect(main.getByRole("list", { name: "Maintenance plans" })).toContainText("due · every 14 days");
  await expect(main.getByRole("list", { name: "Maintenance log" })).not.toContainText("Change the coolant");
  await accessible(desk, "maintenance that is due");

  await boards.until(/maintenance is due/i);
  boards.say(`hold 7 ${MARTA}`);
  await boards.until(/maintenance done/i, 30);
  await expect(main.getByRole("list", { name: "Maintenance log" }), "live").toContainText("Change the coolant", { timeout: 20_000 });
  await expect(main.getByRole("list", { name: "Maintenance log" })).toContainText("at a board");
  await expect(main.getByRole("list", { name: "Maintenance plans" })).toContainText("fine · every 14 days");
  await boards.until(/→ in use \(level/, 30);
  boards.say("logout 7");
  await expect(row(phone, 7)).toContainText(/Free|Reserved/, { timeout: 20_000 });
  for (const page of [phone, desk]) await page.context().close();
});

test("maintenance on a phone without script: plan created, intervention logged", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const page = await context.newPage();
  await enter(lab, page, "an administrator");
  const main = page.getByRole("main");
  await page.goto(`${lab.url}/machines/1/maintenance`);
  await main.getByRole("link", { name: "New plan" }).click();
  await page.getByLabel("Task").fill("Empty the filter");
  await page.getByLabel("Hours of use").fill("0");
  await main.getByRole("button", { name: "Save plan" }).click();
  await expect(main.getByText("Use a whole number from 1 to 100000.")).toBeVisible();
  await expect(page.getByLabel("Task"), "A24").toHaveValue("Empty the filter");
  await page.getByLabel("Hours of use").fill("50");
  await main.getByRole("button", { name: "Save plan" }).click();
  await expect(main.getByRole("list", { name: "Maintenance plans" })).toContainText("Empty the filter");
  await main.getByText("Log maintenance…").click();
  await page.getByRole("checkbox", { name: "Empty the filter" }).check();
  await page.getByLabel("Note", { exact: true }).fill("It was full.");
  await main.getByRole("button", { name: "Log maintenance" }).click();
  await expect(main.getByText("Logged.")).toBeVisible();
  const record = main.getByRole("list", { name: "Maintenance log" });
  await expect(record).toContainText("It was full.");
  await record.getByRole("link", { name: "Add a photo: Empty the filter" }).click();
  await page.locator("#picture").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await main.getByRole("button", { name: "Add photo" }).click();
  await expect(main.getByText("This file is not a JPEG, PNG or WebP.")).toBeVisible();
  // One white pixel.
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
  await page.locator("#picture").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await main.getByRole("button", { name: "Add photo" }).click();
  await expect(record.getByRole("img", { name: "Photo: Empty the filter" })).toBeVisible();
  await page.goto(`${lab.url}/machines/1/history?kind=maintenance`);
  await expect(main).toContainText("Maintenance done: Empty the filter – It was full.");
  await page.goto(`${lab.url}/maintenance`);
  await expect(main.getByRole("list", { name: "Due now" })).toContainText("CNC router");
  await expect(main.getByRole("img", { name: /^Problems of the last 12 weeks/ })).toBeVisible();
  await expect(main.getByRole("table", { name: "Problems by week" }).getByRole("row")).toHaveCount(13);
  await context.close();
});
