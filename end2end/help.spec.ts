// Help at a machine: a member asks with one tap, an owner answers on another device, live; and all of it without script.

import { accessible, enter, expect, hydrated, test } from "./lab.ts";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };
const DESK = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };

/** A machine of the demo at which nobody has asked yet. */
const MACHINE = 3;

test("help: asked on a phone, answered at a desk, resolved", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext(PHONE)).newPage();
  const desk = await (await browser.newContext(DESK)).newPage();
  await enter(lab, phone, "a member");
  await enter(lab, desk, "an administrator");
  for (const page of [phone, desk]) {
    await page.goto(`${lab.url}/machines/${MACHINE}/help`);
    await hydrated(page);
  }
  const [asked, seen] = [phone, desk].map((page) => page.getByRole("region", { name: "Help", exact: true }));
  await asked!.getByLabel("What is it about? (optional)").fill("The nozzle is blocked");
  await asked!.getByRole("button", { name: "Ask for help" }).click();
  await expect(asked!).toContainText("You asked for help");
  await accessible(phone, "a request for help");

  await expect(seen!, "live on the owner's page").toContainText("“The nozzle is blocked”");
  await seen!.getByLabel("Message (optional)").fill("Two minutes");
  await seen!.getByRole("button", { name: "On my way" }).click();
  await expect(asked!).toContainText("“Two minutes”");
  await accessible(desk, "an answered request for help");
  await asked!.getByRole("button", { name: "Resolved" }).click();
  await expect(seen!).not.toContainText("The nozzle is blocked");
  await expect(asked!.getByRole("button", { name: "Ask for help" })).toBeVisible();
  for (const page of [phone, desk]) await page.context().close();
});

test("help: asked and resolved without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ ...PHONE, javaScriptEnabled: false })).newPage();
  await enter(lab, page, "a member");
  await page.goto(`${lab.url}/machines/${MACHINE}/help`);
  const help = page.getByRole("region", { name: "Help", exact: true });
  await help.getByRole("button", { name: "Ask for help" }).click();
  await expect(help).toContainText("You asked for help");
  await help.getByRole("button", { name: "Resolved" }).click();
  await expect(help.getByRole("button", { name: "Ask for help" })).toBeVisible();
  await page.context().close();
});
