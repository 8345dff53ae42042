// Cards in the browser: by a tap at a board, lost and found, and from the unknown cards; on desktop and phone.

import { enter, expect, fits, hydrated, test } from "./lab.ts";

/** Yusuf Demir of the demo: a member. */
const YUSUF = "/people/10";

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
  test(`cards: enrolled by a tap, lost, undone, and assigned from the unknown, at ${viewport.width}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const boards = await lab.boards("1");
    const context = await browser.newContext({ viewport, locale: "en-GB" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    const main = page.getByRole("main");
    await expect(async () => {
      await page.goto(lab.url + YUSUF);
      await page.locator("summary", { hasText: "Add card" }).click();
      await expect(page.getByLabel("At which machine")).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await hydrated(page);

    await page.getByLabel("At which machine").selectOption({ index: 0 });
    await page.getByRole("button", { name: "Wait for a card" }).click();
    await expect(main).toContainText(/\d+ seconds? left/);
    await expect(page.locator(":is(section, main):focus"), "beside the button that is gone").toHaveCount(1);
    boards.say("swipe 1 c0ffee01");
    await expect(main).toContainText("Card ending ee01 is theirs now.");
    await expect(main.getByRole("link", { name: "Card ending ee01" })).toBeVisible();

    await main.getByRole("button", { name: "Report lost: Card ending ee01" }).click();
    const toast = page.getByRole("status").filter({ hasText: "reported lost" });
    await expect(toast).toBeVisible();
    await toast.getByRole("button", { name: "Undo" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "works again" })).toBeVisible();

    await main.getByRole("link", { name: "Card ending ee01" }).click();
    await page.waitForURL("**/cards/*");
    await expect(main.getByRole("listitem").filter({ hasText: "reported a card lost" })).toBeVisible();

    await page.goto(`${lab.url}/unknown-cards`);
    await hydrated(page);
    boards.say("swipe 1 c0ffee02");
    await expect(main).toContainText("Card ending ee02");
    await main.getByRole("link", { name: "Assign card: Card ending ee02" }).click();
    await page.getByLabel("Assign to").fill("Nobody At All");
    await main.getByRole("button", { name: "Assign card: Card ending ee02" }).click();
    await expect(page.getByLabel("Assign to"), "A24").toHaveAttribute("aria-invalid", "true");
    await page.getByLabel("Assign to").fill("Yusuf Demir");
    await main.getByRole("button", { name: "Assign card: Card ending ee02" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Card ending ee02 is Yusuf Demir’s now." })).toBeVisible();
    await fits(page);
    await context.close();
  });
}
