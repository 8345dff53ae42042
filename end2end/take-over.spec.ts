// Importing a Fab-O-Matic on a page as an administrator: previewed, applied once, and uploaded again; on desktop
// and phone.

import { FABOMATIC } from "./fabomatic.ts";
import { axeBuilder, enter, expect, hydrated, test } from "./lab.ts";

for (const [viewport, javaScriptEnabled] of [[{ width: 1280, height: 800 }, true], [{ width: 390, height: 844 }, false]] as const) {
  test(`Fab-O-Matic: imported on the page, at ${viewport.width}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const context = await browser.newContext({ viewport, javaScriptEnabled, locale: "en-GB" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    const main = page.getByRole("main");
    const bring = async (buffer: Buffer) => {
      await page.goto(`${lab.url}/import/fabomatic`);
      if (javaScriptEnabled) await hydrated(page);
      await page.locator("#file").setInputFiles({ name: "database.sqldb", mimeType: "application/octet-stream", buffer });
      await page.getByRole("button", { name: "Preview import: Its database" }).click();
    };

    await page.goto(`${lab.url}/import`);
    if (javaScriptEnabled) await hydrated(page);
    await main.getByRole("link", { name: "Migrate from Fab-O-Matic" }).click();
    await page.waitForURL("**/import/fabomatic");
    await expect(main).toContainText("up to 64 MB");

    await bring(Buffer.from("a letter, longer than the head of a database".repeat(90)));
    await expect(main.getByRole("alert")).toContainText("This file is not a database.");
    await bring(FABOMATIC.subarray(0, 4096));
    await expect(main.getByRole("alert")).toContainText("This database is damaged.");

    await bring(FABOMATIC);
    await page.waitForURL("**file=*");
    await expect(main.getByRole("heading", { name: "Preview" })).toBeVisible();
    await expect(main.getByRole("list", { name: "Imported", exact: true })).toContainText("4 people");
    await expect(main.getByRole("list", { name: "Skipped" })).toContainText("1 password: invite that person instead");
    if (javaScriptEnabled) {
      await hydrated(page);
      expect((await axeBuilder(page).analyze()).violations).toEqual([]);
    }
    await main.getByRole("button", { name: "Import data" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Imported at" })).toBeVisible();
    await expect(main.getByRole("heading", { name: "Result" })).toBeVisible();
    await expect(main.getByRole("button", { name: "Import data" })).toHaveCount(0);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over).toBeLessThanOrEqual(0);

    await bring(FABOMATIC);
    await expect(main).toContainText("Nothing new to import.");
    await expect(main.getByRole("button", { name: "Import data" })).toHaveCount(0);
    await page.goto(`${lab.url}/people?q=Carla`);
    await expect(main).toContainText("Carla Neri");
    await context.close();
  });
}
