// From nothing to the first granted swipe, and the new member's own page on a phone.

import { devices } from "@playwright/test";
import { expect, hydrated, test } from "./lab.ts";
import { Effort, firstStart, openWorkshop } from "./start.ts";

/** Bob's card number as printed, and as a board reads it. */
const [PRINTED, READ] = ["0F:BE:AD:DE", "deadbe0f"];
const PASSWORD = "walnut-orbit-lantern-9";

/** The maximum effort from an empty folder to a machine with a qualified member and an accepted tap. */
const MOST = { clicks: 14, fields: 7 };

test("empty folder: set up to the first granted swipe", async ({ lab, page }) => {
  test.setTimeout(120_000);
  const began = Date.now();
  const effort = new Effort(page);
  await openWorkshop(lab, page, true, effort);
  const main = page.getByRole("main");
  const heading = page.getByRole("heading", { level: 1 });

  await hydrated(page);
  await expect(heading).toHaveText("Add locations");
  await effort.fill("Name", "Laser room");
  await effort.press("Add a location");

  await expect(heading).toHaveText("Add machines");
  await expect(page.getByLabel("Location")).toHaveValue("1");
  await expect(page.getByLabel("Board number")).toHaveValue("1");
  await effort.fill("Name", "Laser cutter");
  await effort.press("Add a machine");

  await expect(heading).toHaveText("Add people");
  await effort.fill("Name", "Bob Rossi");
  await effort.press("Add person");

  await expect(heading).toHaveText("Assign a first card");
  await expect(main).toContainText("Board 1 hasn’t connected yet");
  const boards = await lab.boards("1");
  await expect(main, "the board came").toContainText("Waiting for a tap on Laser cutter");
  boards.say(`swipe 1 ${READ}`);
  await boards.until(/may not use this machine/);
  await expect(main).toContainText("Card ending be0f was tapped on Laser cutter");
  await expect(page.getByLabel("Whose card is it?").locator("option:checked")).toHaveText("Bob Rossi");
  await effort.press("Assign card and let them use Laser cutter");

  await expect(heading).toHaveText("Tap the card");
  await expect(main).toContainText("Tap Bob Rossi’s card");
  boards.say(`swipe 1 ${READ}`);
  await boards.until(/in use/i);
  await expect(heading, "live").toHaveText("Your workshop is open");
  // The use may be recorded before the accepted attempt.
  await expect(async () => {
    await page.reload();
    await expect(main).toContainText("Bob Rossi’s card was accepted at Laser cutter.", { timeout: 2_000 });
  }).toPass({ timeout: 15_000 });
  console.log(
    `first start to first granted swipe: ${effort.clicks} clicks, ${effort.fields} fields, ${Math.round((Date.now() - began) / 1000)} s`,
  );
  expect(effort.clicks, "clicks").toBeLessThanOrEqual(MOST.clicks);
  expect(effort.fields, "fields").toBeLessThanOrEqual(MOST.fields);
  await effort.follow("Go to Now");
  await page.waitForURL(`${lab.url}/`);
  await expect(main).not.toContainText("Set up your workshop");
  await expect(main).toContainText("Laser room");
});

test("new member: card assigned by number, permissions shown on a phone", async ({ lab, page, browser }) => {
  test.setTimeout(120_000);
  await firstStart(lab, page);
  const main = page.getByRole("main");
  await page.goto(`${lab.url}/machines/new`);
  await hydrated(page);
  await page.getByLabel("Name").fill("Laser by the window");
  await page.getByLabel("Type").fill("Laser cutter");
  await main.getByRole("button", { name: "Add a machine" }).click();
  await page.waitForURL(/machines\/\d+$/);
  await expect(main).toContainText("Board 1 hasn’t connected yet");
  await main.getByRole("link", { name: "How to connect it" }).click();
  const connect = page.getByRole("region", { name: "Connect the board of Laser by the window" });
  await expect(connect).toContainText("Waiting for board 1");
  const boards = await lab.boards("1");
  await expect(connect, "live").toContainText("Board 1 is connected");

  await page.goto(`${lab.url}/people/invite`);
  await hydrated(page);
  await page.getByLabel("Name").first().fill("Bob Rossi");
  await page.getByLabel("E-mail").first().fill("Bob@Example.org");
  await main.getByRole("button", { name: "Invite person", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "caught on this computer" })).toBeVisible();
  await expect(main.getByRole("link", { name: "Read it here" })).toHaveAttribute("href", "/demo/mail");

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
  await boards.until(/may not use this machine/);
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Qualifications" }).click();
  await page.locator("summary", { hasText: /^Grant qualification$/ }).first().click();
  await page.getByLabel("Qualification", { exact: true }).first().selectOption({ label: "Laser cutter · may use" });
  await page.getByRole("button", { name: "Grant qualification" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Laser cutter" })).toContainText("may use");
  boards.say(`swipe 1 ${READ}`);
  await boards.until(/in use/i);

  // The new member, on a phone without script.
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
