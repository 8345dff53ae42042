// From an empty space to the first swipe by the steps in the inbox; on desktop and phone.

import { accessible, expect, hydrated, test } from "./lab.ts";
import { ADA, firstStart } from "./start.ts";

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
  test(`set-up steps: from an empty space to the first swipe, at ${viewport.width}`, async ({ lab, page }) => {
    test.setTimeout(120_000);
    await page.setViewportSize(viewport);
    await firstStart(lab, page);
    const main = page.getByRole("main");
    const steps = page.getByRole("region", { name: "Set up your workshop" });
    const look = async () => {
      await page.goto(`${lab.url}/manage`);
      await hydrated(page);
    };

    await look();
    await expect(steps).toContainText("0 of 6 steps done");
    await steps.getByRole("link", { name: /Add machines/ }).click();
    await page.waitForURL("**/start?step=machines");
    await page.getByLabel("Name").fill("Laser cutter");
    await main.getByRole("button", { name: "Add a machine" }).click();
    await page.waitForURL(`${lab.url}/start`);
    await expect(page.getByRole("heading", { level: 1 }), "to the first that is open").toHaveText("Add locations");
    await accessible(page, "the first start");

    await look();
    await expect(steps.getByRole("link", { name: /Add machines/ })).toContainText("done");
    const boards = await lab.boards("1");
    boards.say("swipe 1 c0ffee07");
    await expect(main).toContainText("Card ending ee07");
    const card = steps.getByRole("link", { name: /Assign a first card/ });
    const tap = steps.getByRole("link", { name: /Tap the card/ });
    await expect(card, "it is nobody's").not.toContainText("done");
    await page.goto(`${lab.url}/unknown-cards`);
    await hydrated(page);
    await main.getByRole("link", { name: "Assign card: Card ending ee07" }).click();
    await page.getByLabel("Assign to").fill(ADA.name);
    await main.getByRole("button", { name: "Assign card: Card ending ee07" }).click();
    await expect(page.getByRole("status").filter({ hasText: `Card ending ee07 is ${ADA.name}’s now.` })).toBeVisible();
    await look();
    await expect(card, "tapped and assigned").toContainText("done");
    await expect(tap, "nobody was let in").not.toContainText("done");
    // People who add a type are its trainers: with a card they are accepted.
    boards.say("swipe 1 c0ffee07");
    await expect(tap, "live").toContainText("done");

    await page.goto(lab.url);
    await hydrated(page);
    await expect(main).toContainText("Set up your workshop · 4 of 6 steps done");
    await expect(main.getByRole("link", { name: "Next: Add locations" })).toHaveAttribute("href", "/start");
    await look();
    await steps.getByRole("button", { name: "Hide checklist" }).click();
    await expect(steps).toHaveCount(0);
    await page.goto(lab.url);
    await expect(main).not.toContainText("Set up your workshop");
  });
}
