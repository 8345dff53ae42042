// Remote start and stop from a machine's page, if its type allows it.

import { axe, enter, expect, fits, hydrated, row, test } from "./lab.ts";

test("remote start and stop: from the machine's page, shown live on another", async ({ lab, page, context }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  await lab.boards("1,2");
  await page.goto(`${lab.url}/machines/1`);
  await hydrated(page);
  await expect(page.getByRole("main")).toContainText(/Free|Reserved/);
  await expect(page.getByRole("button", { name: "Start machine" }), "no type allows it by itself").toHaveCount(0);

  const settings = await context.newPage();
  await settings.goto(`${lab.url}/settings?at=type:3&key=access.remote-start`);
  await hydrated(settings);
  await settings.locator("#value").selectOption("yes");
  await settings.getByRole("button", { name: "Save changes", exact: true }).click();
  await expect(settings.getByRole("listitem").filter({ hasText: "Remote start: Yes" })).toContainText("changed by Marta Ferri");
  const now = await context.newPage();
  await now.goto(lab.url);
  await hydrated(now);

  await expect(page.getByRole("button", { name: "Start machine" })).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await axe(page, "/machines/1");
  await fits(page, "/machines/1");
  await page.getByRole("button", { name: "Start machine" }).click();
  await expect(row(now, 1)).toContainText("In use", { timeout: 5_000 });
  await expect(page.getByRole("button", { name: "Start machine" })).toHaveCount(0);
  await page.getByRole("button", { name: "Stop machine" }).click();
  await expect(row(now, 1)).toContainText(/Free|Reserved/, { timeout: 5_000 });
  await expect(row(now, 2)).toContainText(/Free|Reserved/);
});
