// Opening hours and settings in the browser: a week over midnight, single days, and the preview of a setting.

import { type Page } from "@playwright/test";
import { enter, expect, hydrated, type Lab, test } from "./lab.ts";

async function open(lab: Lab, page: Page, path: string, script = true) {
  await page.goto(lab.url + path);
  if (script) await hydrated(page);
}

for (const javaScriptEnabled of [true, false]) {
  test(`opening hours: set, inherited and removed, ${javaScriptEnabled ? "with script" : "without script, on a phone"}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const viewport = javaScriptEnabled ? { width: 1280, height: 800 } : { width: 390, height: 844 };
    const context = await browser.newContext({ javaScriptEnabled, locale: "en-GB", viewport });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    await open(lab, page, "/hours?at=type:3", javaScriptEnabled);
    await page.locator("#mon").fill("8-12, 11-14");
    await page.locator("#fri").fill("20-2");
    await page.getByRole("button", { name: "Save week" }).click();
    await expect(page.getByText("Two of these overlap")).toBeVisible();
    await expect(page.locator("#fri"), "A24: what was typed is kept").toHaveValue("20-2");
    await page.locator("#mon").fill("8-12, 14-18:30");
    await page.locator("#sat").fill("");
    await page.getByRole("button", { name: "Save week" }).click();
    await expect(page.getByText("Set here.")).toBeVisible();
    await expect(page.locator("#mon")).toHaveValue("08:00–12:00, 14:00–18:30");
    await expect(page.locator("#fri"), "over midnight is one range").toHaveValue("20:00–02:00");

    const soon = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await page.locator("#date").fill("2099-01-01");
    await page.getByRole("button", { name: "Save exception" }).click();
    await expect(page.getByText("Choose a day within")).toBeVisible();
    await page.locator("#date").fill(soon);
    await page.locator("#hours").fill("");
    await page.getByRole("button", { name: "Save exception" }).click();
    const day = page.getByRole("listitem").filter({ hasText: "Closed" });
    await expect(day).toBeVisible();
    await day.getByRole("link").click();
    await page.waitForURL("**day=*");
    await page.getByRole("button", { name: "Remove exception" }).click();
    await expect(page.getByText("No exceptions yet.")).toBeVisible();
    await page.getByRole("button", { name: "Use inherited hours" }).click();
    await expect(page.getByText("Set here.")).toHaveCount(0);
    await context.close();
  });
}

test("setting: previewed before saving, last change shown after", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  await open(lab, page, "/settings?at=type:3");
  await page.getByRole("link", { name: /^Who may use machines/ }).click();
  await page.waitForURL("**key=access.mode#set-access.mode");
  await page.locator("#value").selectOption("open");
  await page.waitForURL("**value=open*");
  await expect(page.getByText(/\d+ more (person|people) would get access\./)).toBeVisible();
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Who may use machines: Every member" });
  await expect(row).toContainText("changed by Marta Ferri");
});

test("opening hours form: live preview, input survives updates", async ({ lab, page, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  await open(lab, page, "/hours?at=type:3");
  await page.locator("#mon").fill("8-12, 11-14");
  await page.locator("#tue").fill("9-10");
  await expect(page.getByText(/^Monday: Two of these overlap/)).toBeVisible();
  await page.locator("#mon").fill("8-9");
  await page.locator("#mon").blur();
  await expect(page.getByText(/^Monday: /)).toHaveCount(0);
  await expect(page.locator("#tue"), "what was typed stays").toHaveValue("9-10");
  // Somebody else saves another week meanwhile.
  const other = await page.context().newPage();
  await open(lab, other, "/hours?at=type:3");
  await other.locator("#wed").fill("10-11");
  await other.getByRole("button", { name: "Save week" }).click();
  await expect(other.getByText("Set here.")).toBeVisible();
  await expect(page.getByText("Someone has changed this since. What you typed is still here.")).toBeVisible();
  await expect(page.locator("#mon")).toHaveValue("8-9");
  await page.getByRole("link", { name: "Show newer version" }).click();
  await expect(page.locator("#wed")).toHaveValue("10:00–11:00");
  await expect(page.getByText("has changed this since.")).toHaveCount(0);
  // One press saves, for as long as a hand takes, although the preview appears meanwhile; and a refusal breaks
  // nothing.
  const broken: string[] = [];
  page.on("pageerror", (error) => broken.push(error.message));
  for (const [typed, saved] of [["11-12", "11:00–12:00"], ["12-13", "12:00–13:00"]]) {
    await page.locator("#thu").fill(typed!);
    await page.getByRole("button", { name: "Save week" }).click({ delay: 150 });
    await expect(page.locator("#thu")).toHaveValue(saved!);
    await hydrated(page);
  }
  await page.locator("#thu").fill("late");
  await page.getByRole("button", { name: "Save week" }).click({ delay: 150 });
  await expect(page.locator("#thu")).toHaveAttribute("aria-invalid", "true");
  await hydrated(page);
  await expect(page.locator("#thu")).toBeFocused();
  expect(broken).toEqual([]);
  await open(lab, page, "/hours?at=type:3");

  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB", storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await open(lab, plain, "/hours?at=type:3", false);
  await plain.locator("#sun").fill("late");
  await plain.getByRole("button", { name: "Preview effect" }).first().click();
  await expect(plain.getByText(/^Sunday: Enter hours/)).toBeVisible();
  await expect(plain.locator("#sun"), "without script too").toHaveValue("late");
  await plain.locator("#sun").fill("10-12");
  await plain.getByRole("button", { name: "Save week" }).click();
  await expect(plain.locator("#sun")).toHaveValue("10:00–12:00");
  await context.close();
});
