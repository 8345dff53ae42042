// From nothing to the first granted swipe, and the newcomer's own page on a phone.

import { devices } from "@playwright/test";
import { expect, hydrated, test } from "./lab.ts";
import { firstStart } from "./start.ts";

/** Bob's card as it is printed, and as a board reads it. */
const [PRINTED, READ] = ["0F:BE:AD:DE", "deadbe0f"];
const PASSWORD = "walnut-orbit-lantern-9";

test("from the first start to the first granted swipe", async ({ lab, page, browser }) => {
  test.setTimeout(120_000);
  const began = Date.now();
  await firstStart(lab, page);
  const main = page.getByRole("main");

  await hydrated(page);
  await main.getByRole("link", { name: "Add a machine" }).click();
  await page.waitForURL("**/machines/new");
  await page.getByLabel("Name").fill("Laser by the window");
  await page.getByLabel("Type").fill("Laser cutter");
  await expect(page.getByLabel("Board number")).toHaveValue("1");
  await main.getByRole("button", { name: "Add a machine" }).click();
  await page.waitForURL(/machines\/\d+$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Laser by the window");
  await expect(main).toContainText("You may use it");

  const boards = await lab.boards("1");
  boards.say(`swipe 1 ${READ}`);
  await boards.until(/may not use this machine/);

  await page.goto(`${lab.url}/people/invite`);
  await hydrated(page);
  await page.getByLabel("Name").first().fill("Bob Rossi");
  await page.getByLabel("E-mail").first().fill("Bob@Example.org");
  await main.getByRole("button", { name: "Invite person", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "on its way" })).toBeVisible();

  await page.goto(`${lab.url}/people`);
  await hydrated(page);
  await main.getByRole("link", { name: "Bob Rossi" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bob Rossi");
  await page.locator("summary", { hasText: "Add card" }).click();
  await page.getByLabel("Card number").fill("0F:BE");
  await page.getByRole("button", { name: "Assign a card" }).click();
  await expect(page.getByLabel("Card number"), "A24").toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Card number").fill(PRINTED);
  await page.getByRole("button", { name: "Assign a card" }).click();
  await expect(main).toContainText("0f");

  boards.say(`swipe 1 ${READ}`);
  await boards.until(/may not use this machine[^]*may not use this machine/);
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Qualifications" }).click();
  await page.locator("summary", { hasText: /^Grant qualification$/ }).first().click();
  await page.getByLabel("Qualification", { exact: true }).first().selectOption({ label: "Laser cutter · may use" });
  await page.getByRole("button", { name: "Grant qualification" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Laser cutter" })).toContainText("may use");
  boards.say(`swipe 1 ${READ}`);
  await boards.until(/in use/i);
  console.log(`first start to first granted swipe: ${Math.round((Date.now() - began) / 1000)} s`);

  // The newcomer, on a phone without script.
  const phone = await browser.newContext({ ...devices["Pixel 7"], javaScriptEnabled: false, locale: "it-IT" });
  const mine = await phone.newPage();
  let link: string | undefined;
  await expect(async () => {
    link = /\/link\/[\w-]+/.exec(await (await mine.request.get(`${lab.url}/demo/mail`)).text())?.[0];
    expect(link).toBeTruthy();
  }).toPass();
  await mine.goto(lab.url + link);
  await expect(mine.getByRole("main")).toContainText("Bob Rossi");
  await mine.getByLabel("Scegli una password").fill("password12");
  await mine.getByRole("main").getByRole("button").last().click();
  await expect(mine.getByLabel("Scegli una password")).toHaveAttribute("aria-invalid", "true");
  await mine.getByLabel("Scegli una password").fill(PASSWORD);
  await mine.getByRole("main").getByRole("button").last().click();
  await mine.waitForURL(`${lab.url}/me`);
  await expect(mine.getByRole("heading", { level: 1 })).toHaveText("Bob Rossi");
  await expect(mine.getByRole("main")).toContainText("Laser cutter");
  await phone.close();
});
