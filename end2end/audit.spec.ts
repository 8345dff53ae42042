// Who may look: the audit log, and wall displays.

import { axeBuilder, enter, expect, fits, hydrated, screen, test } from "./lab.ts";

test("wall display: opened by its link, locked when revoked", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const wall = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const locked = await wall.goto(`${lab.url}/kiosk`);
  expect(locked!.status()).toBe(401);
  await hydrated(wall);
  await expect(wall.getByRole("heading", { level: 1 })).toHaveText("This screen has no link yet");
  expect((await axeBuilder(wall).analyze()).violations).toEqual([]);

  const desk = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/displays`);
  await hydrated(desk);
  await desk.getByRole("button", { name: "Create link" }).click();
  await expect(desk.getByText("Enter a name.")).toBeVisible();
  await desk.getByRole("textbox", { name: /^Name/ }).fill("Entrance");
  await desk.getByRole("button", { name: "Create link" }).click();
  const link = await desk.getByLabel("Link", { exact: true }).inputValue();
  expect(desk.url(), "the link is in no address").not.toContain("enter");
  expect((await axeBuilder(desk).analyze()).violations).toEqual([]);

  await wall.goto(link);
  await hydrated(wall);
  expect((await axeBuilder(wall).analyze()).violations).toEqual([]);
  await wall.getByRole("button", { name: "Show wall display" }).click();
  await wall.waitForURL(`${lab.url}/kiosk`);
  await hydrated(wall);
  await expect(wall.getByRole("main")).toContainText("Laser cutter 1");
  // The same screen may show the entrance sign.
  await wall.goto(`${lab.url}/kiosk/sign`);
  await hydrated(wall);
  await expect(wall.getByRole("main")).toContainText("machines free");
  for (const [width, height] of [[1920, 1080], [390, 844]] as const) {
    await wall.setViewportSize({ width, height });
    await fits(wall);
  }
  for (const colorScheme of ["light", "dark"] as const) {
    await wall.emulateMedia({ colorScheme });
    expect((await axeBuilder(wall).analyze()).violations).toEqual([]);
  }
  await wall.goto(`${lab.url}/kiosk`);
  await hydrated(wall);
  // Long enough for its stream to be open.
  await expect(desk.getByRole("listitem").filter({ hasText: "Entrance" })).toBeVisible();
  await desk.reload();
  await hydrated(desk);
  await expect(desk.getByLabel("Link", { exact: true })).toHaveCount(0);
  await expect(desk.getByRole("listitem").filter({ hasText: "Entrance" })).toContainText("Seen today");
  await desk.getByRole("button", { name: "Revoke: Entrance" }).click();
  await expect(wall.getByRole("heading", { level: 1 })).toHaveText("This screen has no link yet", { timeout: 5_000 });
});

test("audit log: filtered and followed live, with and without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/audit`);
  await hydrated(page);
  await expect(page.getByRole("row").nth(1)).toContainText("signed in");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await axeBuilder(page).analyze()).violations).toEqual([]);
  }
  await fits(page);
  await page.getByText("Filter", { exact: true }).click();
  await page.getByRole("combobox", { name: "Action" }).selectOption("Demo");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL("**/audit?*action=demo.*");
  await expect(page.locator("main")).not.toContainText("signed in");
  await expect(page.getByRole("row").nth(1)).toContainText("opened the demo workshop");
  await page.getByRole("link", { name: "Clear filter" }).click();
  await page.waitForURL(`${lab.url}/audit`);

  const plain = await (await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() })).newPage();
  await plain.goto(`${lab.url}/audit?from=soon`);
  await expect(plain.getByText("Enter a day like 2026-11-20.")).toBeVisible();
  await plain.goto(`${lab.url}/audit?subject=nobody-knows`);
  await expect(plain.getByRole("main")).toContainText("No results");

  const member = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, member, "a member");
  expect((await member.goto(`${lab.url}/audit`))!.status()).toBe(403);
});

test("ended session: open page becomes anonymous", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const context = await browser.newContext({ locale: "en-GB" });
  const [one, other] = [await context.newPage(), await context.newPage()];
  await enter(lab, one, "an administrator");
  await one.goto(`${lab.url}/audit`);
  await hydrated(one);
  await other.goto(`${lab.url}/me`);
  await hydrated(other);
  await other.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await expect(one.getByRole("main")).not.toContainText("signed in", { timeout: 5_000 });
  await expect(one.getByRole("main").getByRole("link", { name: "Sign in" })).toBeVisible();
});

test("wall display link: shows the display on any screen", async ({ lab, page }) => {
  await lab.demo("--no-boards");
  await screen(lab, page);
  await hydrated(page);
  await expect(page.getByRole("main")).toContainText("Laser cutter 1");
});
