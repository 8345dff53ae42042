// Boards in the browser: live, one with an unknown machine number, and a board login; on desktop and phone.

import { axeBuilder, enter, expect, hydrated, reading, test } from "./lab.ts";

for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 640 }]) {
  test(`new boards: appear live, with and without a machine, at ${viewport.width}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const context = await browser.newContext({ viewport, locale: "en-GB" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    await page.goto(`${lab.url}/boards`);
    await hydrated(page);
    const main = page.getByRole("main");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Boards");

    // A board login: its password is shown once, and opens that machine's number.
    await expect(main).toContainText("No board logins yet");
    await page.getByLabel("Machine", { exact: true }).selectOption({ label: "Laser cutter 1" });
    await page.getByRole("button", { name: "Create login" }).click();
    const password = page.getByLabel("Password", { exact: true });
    await expect(password).toHaveValue(/^[a-z2-7]{24}$/);
    const user = await page.getByLabel("User", { exact: true }).inputValue();
    expect(user).toMatch(/^m1-[a-z2-7]{8}$/);
    const row = main.getByRole("listitem").filter({ hasText: user });
    await expect(row).toContainText("not used yet");
    await lab.boards("1", `mqtt://${user}:${await password.inputValue()}@${lab.mqtt}`);
    await lab.boards("77");

    const laser = main.getByRole("row").filter({ hasText: "Laser cutter 1" });
    await expect(laser).toContainText("online");
    // A narrow screen hides the least useful columns.
    await expect(main.getByRole("columnheader", { name: "Firmware" })).toHaveCount(viewport.width < 500 ? 0 : 1);
    if (viewport.width > 500) {
      await expect(main.getByRole("columnheader", { name: "State" })).toBeVisible();
      const over = await laser.locator("td").last().evaluate((cell) => cell.getBoundingClientRect().right - cell.closest(".table-wrap")!.getBoundingClientRect().right);
      expect(over, "the last column is whole").toBeLessThanOrEqual(1);
    }
    await expect(row).toContainText("last used");
    await expect(main).toContainText("Number 77");
    const { violations } = await axeBuilder(page).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
    expect(violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target}`)).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over).toBeLessThanOrEqual(0);

    await page.reload();
    await hydrated(page);
    await expect(row).toBeVisible();
    await expect(password).toHaveCount(0);
    await row.getByRole("button", { name: `Revoke: ${user}` }).click();
    await expect(page.getByRole("status").filter({ hasText: "Login revoked" })).toBeVisible();
    await expect(main).toContainText("No board logins yet");
    await expect(main.getByRole("link", { name: "Send firmware to boards" })).toHaveAttribute("href", "/firmware");

    await main.getByRole("link", { name: "Add this machine" }).click();
    await page.waitForURL("**/machines/new?number=77");
    await expect(page.getByLabel("Board number")).toHaveValue("77");
    await context.close();
  });
}

reading("boards page as a member: names the people responsible", async ({ lab, page }) => {
  await enter(lab, page, "a member");
  expect((await page.goto(`${lab.url}/boards`))!.status()).toBe(403);
  await expect(page.getByRole("main")).toContainText("managers");
});
