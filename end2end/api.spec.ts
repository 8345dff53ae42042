// API tokens: created, used and revoked on the account page; and the API reference.

import { axeBuilder, enter, expect, fits, hydrated, test } from "./lab.ts";

test("API token: works until revoked; the reference lists the operations", async ({ lab, browser, playwright }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/me`);
  await hydrated(page);
  await page.getByRole("link", { name: "API tokens" }).click();
  await page.waitForURL("**/me/tokens");
  await expect(page.getByText("No tokens yet")).toBeVisible();

  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByText("Choose at least one permission.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Sheet of hours");
  await page.getByLabel("See machines").check();
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByLabel("Token", { exact: true }).inputValue();
  expect(token).toMatch(/^tg_/);
  expect(page.url(), "the token is in no address").not.toContain("tg_");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await axeBuilder(page).analyze()).violations).toEqual([]);
  }

  const program = await playwright.request.newContext({ baseURL: lab.url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  const machines = await program.get("/api/v1/machines?limit=2");
  expect(machines.status()).toBe(200);
  expect((await machines.json()).items).toHaveLength(2);
  const link = /<([^>]+)>; rel="next"/.exec(machines.headers()["link"]!)![1]!;
  expect((await (await program.get(link)).json()).items.length).toBeGreaterThan(0);
  const lacking = await program.get("/api/v1/audit");
  expect([lacking.status(), (await lacking.json()).code]).toEqual([403, "token.scope"]);

  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel("Token", { exact: true })).toHaveCount(0);
  await expect(page.getByRole("listitem").filter({ hasText: "Sheet of hours" })).toContainText("last used today");
  await page.getByRole("button", { name: "Revoke: Sheet of hours" }).click();
  await expect(page.getByText("Token revoked.")).toBeVisible();
  expect((await program.get("/api/v1/machines")).status()).toBe(401);
  await program.dispose();

  await page.goto(`${lab.url}/api`);
  await hydrated(page);
  await page.getByRole("navigation", { name: "Pages of the API" }).getByRole("link", { name: "Machines" }).click();
  await page.locator("details#listMachines summary").click();
  await expect(page.locator("details#listMachines")).toContainText("rate.exceeded");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await axeBuilder(page).analyze()).violations).toEqual([]);
  }
  await fits(page);
  const plain = await (await browser.newContext({ javaScriptEnabled: false, locale: "it-IT" })).newPage();
  await plain.goto(`${lab.url}/api`);
  await expect(plain.getByRole("heading", { name: "Per iniziare" })).toBeVisible();
  await plain.goto(`${lab.url}/api?group=me`);
  await expect(plain.locator("details#readMe")).toContainText("/me");
});
