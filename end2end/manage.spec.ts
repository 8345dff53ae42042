// The inbox by keyboard, what two managers decide at once, and finding by the key; on a desk and on a phone.

import AxeBuilder from "@axe-core/playwright";
import { enter, expect, hydrated, test } from "./lab.ts";

test("the inbox by keyboard: move, admit, take back, turn down", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/manage`);
  await hydrated(page);
  const waiting = page.getByRole("region", { name: /Would like to join/ }).getByRole("listitem");
  const before = await waiting.count();
  expect(before).toBeGreaterThan(0);
  await page.keyboard.press("j");
  const first = await page.locator("li[aria-current=true] a").textContent();
  await page.keyboard.press("a");
  await expect(page.getByRole("status").filter({ hasText: `${first} is a member now.` })).toBeVisible();
  await expect(waiting).toHaveCount(before - 1);
  await page.keyboard.press("z");
  await expect(page.getByRole("status").filter({ hasText: `${first} waits again.` })).toBeVisible();
  await expect(waiting).toHaveCount(before);

  const other = await page.context().newPage();
  await other.goto(`${lab.url}/manage`);
  await hydrated(other);
  await page.getByRole("button", { name: `Turn down: ${first}` }).click();
  await expect(page.getByRole("status").filter({ hasText: "was turned down" })).toBeVisible();
  await expect(other.getByRole("button", { name: `Admit: ${first}` }), "live").toHaveCount(0);
  await page.context().close();
});

test("things are found by the key and by the arrows", async ({ lab, browser }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(lab.url);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.waitForURL("**/find");
  await expect(page.getByLabel("Machine, person or page")).toBeFocused();
  await page.keyboard.type("weber");
  await expect(page.getByRole("link", { name: "Jonas Weber" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/people/2");
  await page.context().close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing where one manages, ${colorScheme}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const context = await browser.newContext({ colorScheme, locale: colorScheme === "light" ? "en-GB" : "it-IT", reducedMotion: "reduce" });
    await enter(lab, await context.newPage(), "an administrator");
    for (const path of ["/manage", "/find?q=la", "/import", "/export", "/unknown-cards", "/cards/1"]) {
      for (const width of [390, 1280]) {
        const page = await context.newPage();
        await page.setViewportSize({ width, height: 844 });
        await page.goto(lab.url + path);
        await hydrated(page);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(over, `${path} at ${width}`).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
        expect(violations.map(({ id, nodes }) => `${path} ${width}: ${id} at ${nodes[0]?.target}`)).toEqual([]);
        await page.close();
      }
    }
    await context.close();
  });
}
