// Notice mails: an event on one page is mailed to the people concerned, once, with a working link and an
// unsubscribe link; preferences are set on a page; and managers see failed deliveries.

import type { Page } from "@playwright/test";
import { accessible, blockMachine, enter, expect, followMachine, hydrated, reading, test } from "./lab.ts";

/** The caught mails as text, newest first. */
async function mails(page: Page, url: string): Promise<string[]> {
  await page.goto(`${url}/demo/mail`);
  return page.locator("article").allInnerTexts();
}

test("blocked machine: one mail to a follower, who unsubscribes by its link", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, phone, "a member");
  await enter(lab, desk, "an administrator");
  await followMachine(lab, phone);

  await desk.goto(`${lab.url}/machines/1`);
  await hydrated(desk);
  await blockMachine(desk);

  // The page of caught mails is not live.
  await expect
    .poll(async () => (await mails(desk, lab.url)).filter((mail) => mail.includes("is out of service")).length)
    .toBe(1);
  await accessible(desk, "the mails that stayed here");
  // Its holder is mailed as well; the order of the two mails is undefined.
  const mailed = desk.locator("article", { hasText: "is out of service" });
  await mailed.getByRole("link", { name: "As an e-mail program shows it" }).click();
  await expect(desk.getByRole("heading", { level: 1 })).toContainText("is out of service");
  await accessible(desk, "a mail");
  const open = await desk.getByRole("link", { name: "Open in Toolgate" }).getAttribute("href");
  const stop = await desk.getByRole("link", { name: "Stop these e-mails" }).getAttribute("href");

  await phone.goto(open!);
  await expect(phone).toHaveURL(`${lab.url}/machines/1`);
  // Mails are read without being signed in.
  const anybody = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await anybody.goto(stop!);
  await hydrated(anybody);
  await accessible(anybody, "the link that stops mails");
  await anybody.getByRole("button", { name: "Stop these e-mails" }).click();
  await expect(anybody.getByRole("heading", { level: 1 })).toHaveText("You’ll get no more of these e-mails");
  await phone.goto(`${lab.url}/notices/settings`);
  await hydrated(phone);
  const row = phone.getByRole("row", { name: /A machine you follow is out of service/ });
  await expect(row.getByRole("checkbox", { name: /by e-mail/ })).not.toBeChecked();
  await expect(row.getByRole("checkbox", { name: /in the app/ })).toBeChecked();
  for (const page of [phone, desk, anybody]) await page.context().close();
});

test("notice settings: saved with and without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const first = await browser.newContext({ locale: "en-GB" });
  await enter(lab, await first.newPage(), "a member");
  const storageState = await first.storageState();
  await first.close();
  for (const javaScriptEnabled of [true, false]) {
    const options = { viewport: { width: 390, height: 844 }, locale: "en-GB", javaScriptEnabled, storageState };
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${lab.url}/notices/settings`);
    if (javaScriptEnabled) {
      await hydrated(page);
      await accessible(page, "what somebody wants to be told");
    }
    const lifted = page.getByRole("checkbox", { name: "A hold is lifted: by e-mail" });
    const before = await lifted.isChecked();
    await lifted.setChecked(!before);
    await expect(page.getByRole("checkbox", { name: /is unsafe: by e-mail/ })).toBeDisabled();
    await page.getByLabel("Daily e-mail").selectOption("18");
    await page.getByLabel("Quiet from").selectOption("22:00");
    await page.getByLabel("Quiet until").selectOption("");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByText("Choose two different times for the quiet hours, or neither.")).toBeVisible();
    await page.getByLabel("Quiet until").selectOption("06:00");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.locator(".saved")).toContainText("Saved");
    await page.reload();
    expect(await lifted.isChecked()).toBe(!before);
    await expect(page.getByLabel("Quiet from")).toHaveValue("22:00");
    await context.close();
  }
});

reading("deliveries page: shown to managers, refused to members", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "it-IT" })).newPage();
  await enter(lab, desk, "an administrator");
  await enter(lab, phone, "a member");
  await desk.goto(`${lab.url}/deliveries`);
  await hydrated(desk);
  await accessible(desk, "deliveries");
  for (const part of ["Failed", "Sent", "Not sent"]) {
    await desk.getByRole("link", { name: part, exact: true }).click();
    await expect(desk.getByRole("link", { name: part, exact: true })).toHaveAttribute("aria-current", "page");
  }
  const answer = await phone.goto(`${lab.url}/deliveries`);
  expect(answer?.status()).toBe(403);
  for (const page of [desk, phone]) await page.context().close();
});
