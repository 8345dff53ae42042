// A member claims their card at the machine where they just tapped it, on a phone; a manager approves it.

import { axeBuilder, enter, expect, fits, hydrated, test } from "./lab.ts";

test("card claim: approved in the inbox, outcome shown live", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const boards = await lab.boards("1");
  const phone = await browser.newContext({ viewport: { width: 320, height: 640 }, locale: "en-GB" });
  const member = await phone.newPage();
  await enter(lab, member, "a member");
  const office = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  const manager = await office.newPage();
  await enter(lab, manager, "an administrator");

  await member.goto(`${lab.url}/machines/1`);
  await hydrated(member);
  boards.say("swipe 1 c0ffee03");
  await member.getByRole("link", { name: /Yours\?/ }).click();
  await member.waitForURL("**/machines/1/claim");
  const main = member.getByRole("main");
  await expect(main).toContainText(/Tapped at \d\d:\d\d:\d\d/);
  expect(await main.textContent(), "nothing of its number").not.toMatch(/c0ffee|ending 03/);
  const { violations } = await axeBuilder(member).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target}`)).toEqual([]);
  await fits(member);

  await manager.goto(`${lab.url}/manage`);
  await hydrated(manager);
  await main.getByRole("button", { name: /This is my card/ }).click();
  await expect(member.getByRole("status").filter({ hasText: "Sent to a manager" })).toBeVisible();
  await expect(main.getByRole("listitem").filter({ hasText: "Claimed at" })).toContainText("awaiting approval");

  const claims = manager.getByRole("region", { name: /Card claims/ });
  await claims.getByRole("listitem").first().hover();
  await claims.getByRole("button", { name: /Approve claim/ }).click();
  await expect(manager.getByRole("status").filter({ hasText: "The card is" })).toBeVisible();
  await expect(main.getByRole("listitem").filter({ hasText: "Claimed at" })).toContainText("yours");
  await phone.close();
  await office.close();
});

test("declined card claim: reason shown on the claimant's page without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const boards = await lab.boards("1");
  const plain = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" });
  const member = await plain.newPage();
  await enter(lab, member, "a member");
  boards.say("swipe 1 c0ffee04");
  await expect(async () => {
    await member.goto(`${lab.url}/machines/1/claim`);
    await member.getByRole("button", { name: /This is my card/ }).click({ timeout: 1_000 });
  }).toPass();
  await expect(member.getByRole("main")).toContainText("awaiting approval");

  const office = await browser.newContext({ locale: "en-GB" });
  const manager = await office.newPage();
  await enter(lab, manager, "an administrator");
  await manager.goto(`${lab.url}/unknown-cards`);
  await hydrated(manager);
  await manager.getByRole("link", { name: /^Decline claim: / }).click();
  await manager.getByRole("button", { name: /^Decline claim: / }).click();
  await expect(manager.getByLabel("Why not?"), "A24").toHaveAttribute("aria-invalid", "true");
  await manager.getByLabel("Why not?").fill("The key of the cupboard.");
  await manager.getByRole("button", { name: /^Decline claim: / }).click();
  await expect(manager.getByRole("link", { name: /^Decline claim: / })).toHaveCount(0);

  await expect(async () => {
    await member.goto(`${lab.url}/me`);
    await expect(member.getByRole("main")).toContainText("declined: The key of the cupboard.", { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await plain.close();
  await office.close();
});
