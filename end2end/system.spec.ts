// The system page: its figures, a copy downloaded there, and a backup made on the command line; and a space
// restored from one.

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { axe, enter, expect, fits, hydrated, leave, reading, test } from "./lab.ts";

const BINARY = process.env.TOOLGATE_BIN ?? resolve("../target/debug/toolgate");

test("system page: a downloaded copy is audited", async ({ lab, page }) => {
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  const main = page.getByRole("main");
  await page.goto(`${lab.url}/system`);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("System");
  for (const name of ["Toolgate", "SQLite", "Schema", "Running since", "Size", "Total uses"]) {
    await expect(main.locator("dt", { hasText: name }).first()).toBeVisible();
  }
  await expect(main.locator("dd", { hasText: "Never" })).toHaveCount(2);

  const [copy] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download a copy" }).click()]);
  expect(copy.suggestedFilename()).toBe("toolgate.sqlite");
  expect(readFileSync((await copy.path())!).subarray(0, 15).toString()).toBe("SQLite format 3");
  await page.reload();
  await expect(main.locator("dt", { hasText: "Last download" }).locator("xpath=following-sibling::dd[1]")).toContainText(", by ");
  await page.goto(`${lab.url}/audit?action=system.`);
  await expect(main).toContainText("downloaded a copy of the database");
});

test("backup: shown on the page, and restored", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  const data = join(lab.folder, "data");
  const toolgate = (...words: string[]) => spawnSync(BINARY, [...words, "--data", data], { encoding: "utf8" });
  const made = toolgate("backup");
  expect(made.status, made.stderr).toBe(0);
  const [file] = readdirSync(join(data, "backups"));
  const backup = join(data, "backups", file!);
  expect(statSync(backup).mode & 0o777).toBe(0o600);

  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/system`);
  await expect(page.locator("dt", { hasText: "Last backup" }).locator("xpath=following-sibling::dd[1]")).toContainText(file!);
  const refused = toolgate("restore", backup);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("another Toolgate runs");

  await leave(page, lab);
  await lab.server!.end();
  const restored = toolgate("restore", backup);
  expect(restored.status, restored.stderr).toBe(0);
  expect(restored.stdout).toContain("It is whole");
  expect(readdirSync(data).some((name) => name.startsWith("toolgate.before-"))).toBe(true);
});

reading("system page as a trainer: refused", async ({ lab, page }) => {
  await enter(lab, page, "a trainer");
  expect((await page.goto(`${lab.url}/system`))!.status()).toBe(403);
  await expect(page.getByRole("main")).not.toContainText("SQLite");
});

for (const colorScheme of ["light", "dark"] as const) {
  reading(`system page: no axe violations, no horizontal scrolling, ${colorScheme}`, async ({ lab, browser }) => {
    const context = await browser.newContext({ colorScheme, locale: colorScheme === "light" ? "en-GB" : "it-IT", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    await page.goto(`${lab.url}/system`);
    await hydrated(page);
    for (const [width, height] of [[390, 844], [1280, 800]] as const) {
      await page.setViewportSize({ width, height });
      await fits(page, `at ${width}`);
      await axe(page, `${width}`);
    }
    await context.close();
  });
}
