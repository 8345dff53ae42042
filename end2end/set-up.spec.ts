// From an empty space to the first swipe by the steps in the inbox; on a desk and on a phone.

import { expect, hydrated, test } from "./lab.ts";
import { ADA, firstStart } from "./start.ts";

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
  test(`the steps lead from nothing to the first swipe, at ${viewport.width}`, async ({ lab, page }) => {
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
    await expect(steps).toContainText("0 of 5 steps done");
    await steps.getByRole("link", { name: /Add machines/ }).click();
    await page.waitForURL("**/machines/new");
    await page.getByLabel("Name").fill("Laser by the window");
    await page.getByLabel("Type").fill("Laser cutter");
    await main.getByRole("button", { name: "Add a machine" }).click();
    await page.waitForURL(/machines\/\d+$/);

    await look();
    await expect(steps.getByRole("link", { name: /Add machines/ })).toContainText("done");
    await expect(steps.getByRole("link", { name: /Add types/ })).toContainText("done");
    const boards = await lab.boards("1");
    boards.say("swipe 1 c0ffee07");
    await expect(main).toContainText("Card ending 07");
    const first = steps.getByRole("link", { name: /Tap a first card/ });
    await expect(first, "nobody was let in").not.toContainText("done");
    // Who adds a type trains others on it: with a card they are let in.
    await page.goto(`${lab.url}/unknown-cards`);
    await hydrated(page);
    await main.getByRole("link", { name: "Assign card: Card ending 07" }).click();
    await page.getByLabel("Assign to").fill(ADA.name);
    await main.getByRole("button", { name: "Assign card: Card ending 07" }).click();
    await expect(page.getByRole("status").filter({ hasText: `Card ending 07 is ${ADA.name}’s now.` })).toBeVisible();
    await look();
    boards.say("swipe 1 c0ffee07");
    await expect(first, "live").toContainText("done");

    await page.goto(lab.url);
    await hydrated(page);
    await expect(main).toContainText("Set up your workshop · 3 of 5 steps done");
    await expect(main.getByRole("link", { name: "Next: Add locations" })).toHaveAttribute("href", "/places");
    await look();
    await steps.getByRole("button", { name: "Hide checklist" }).click();
    await expect(steps).toHaveCount(0);
    await page.goto(lab.url);
    await expect(main).not.toContainText("Set up your workshop");
  });
}
