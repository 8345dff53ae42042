// Qualifications and people in the browser: a grant, a ban's lifecycle, the last administrator; with and without
// script.

import { type Page } from "@playwright/test";
import { axe, enter, expect, fits, hydrated, type Lab, reading, test } from "./lab.ts";

/** Jonas Weber of the demo: a trainer of some types. */
const JONAS = "/people/2";
/** Yusuf Demir: a member. */
const YUSUF = "/people/10";

async function open(lab: Lab, page: Page, path: string, script = true) {
  await page.goto(lab.url + path);
  if (script) await hydrated(page);
}

/** Opens the form with this heading. */
const fold = (page: Page, words: string) => page.locator("summary", { hasText: new RegExp(`^${words}$`) }).first().click();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";

  test(`ban: placed, shown and lifted, ${how}`, async ({ lab, browser }) => {
    test.setTimeout(90_000);
    await lab.demo("--no-boards");
    const page = await (await browser.newContext({ javaScriptEnabled, locale: "en-GB" })).newPage();
    await enter(lab, page, "an administrator");
    await open(lab, page, `${YUSUF}/qualifications`, javaScriptEnabled);
    const main = page.getByRole("main");

    await fold(page, "Ban person");
    await page.getByLabel("Type or machine").selectOption({ label: "Saw" });
    await page.locator("details", { hasText: "Revokes everything" }).getByRole("button", { name: "Ban person" }).click();
    await expect(page.getByText("Give a reason: it’s needed to lift the ban later.")).toBeVisible();
    await expect(page.getByLabel("Type or machine").first(), "A24: what was chosen is kept").toHaveValue(/^type:/);
    await page.locator("#ban_reason").fill("Left the saw running");
    await page.locator("details", { hasText: "Revokes everything" }).getByRole("button", { name: "Ban person" }).click();
    await expect(main).toContainText("Banned from Saw");
    await expect(main).toContainText("“Left the saw running”");

    await fold(page, "Lift ban");
    await page.getByRole("button", { name: "Lift ban" }).click();
    await expect(main).not.toContainText("Banned from Saw since");
    await expect(main.getByRole("listitem").filter({ hasText: "Ban lifted: Saw" })).toBeVisible();

    await fold(page, "Grant qualification");
    await page.getByLabel("Qualification", { exact: true }).first().selectOption({ label: "Saw · may use" });
    await page.getByRole("button", { name: "Grant qualification" }).click();
    await expect(page.getByRole("row").filter({ hasText: "Saw" })).toContainText("may use");
    await page.context().close();
  });

  test(`person: searched, suspended and reinstated, ${how}`, async ({ lab, browser }) => {
    test.setTimeout(90_000);
    await lab.demo("--no-boards");
    const page = await (await browser.newContext({ javaScriptEnabled, locale: "en-GB" })).newPage();
    await enter(lab, page, "an administrator");
    await open(lab, page, "/people", javaScriptEnabled);
    await page.getByLabel("Name, e-mail or last digits of a card").fill("weber");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Jonas Weber" }).click();
    await page.waitForURL(`${lab.url}${JONAS}`);
    await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Account" }).click();
    await page.waitForURL(`${lab.url}${JONAS}/account`);
    await fold(page, "Suspend");
    await expect(page.getByText("Jonas Weber is signed out immediately")).toBeVisible();
    await page.getByRole("button", { name: "Suspend: Jonas Weber" }).click();
    await expect(page.locator(".person-head")).toContainText("Suspended");
    await fold(page, "Reinstate");
    await page.getByRole("button", { name: "Reinstate: Jonas Weber" }).click();
    await expect(page.locator(".person-head")).toContainText("Active");
    await page.context().close();
  });
}

test("A18: administrator: demotes another, cannot demote or suspend themselves", async ({ lab, page }) => {
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  await open(lab, page, `${JONAS}/qualifications`);
  const system = page.getByRole("row").filter({ hasText: "The system" });
  await fold(page, "Grant qualification");
  await page.locator("#grant").selectOption({ label: "The system · administrator" });
  await page.getByRole("button", { name: "Grant qualification" }).click();
  await expect(system).toContainText("administrator");
  await fold(page, "Revoke qualification");
  await page.locator("#revoke").selectOption({ label: "The system · administrator" });
  await page.getByRole("button", { name: "Revoke qualification" }).click();
  await expect(system).toHaveCount(0);

  await open(lab, page, "/people/1/qualifications");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Marta Ferri");
  await expect(page.locator("summary", { hasText: /^(Revoke qualification|Ban person)$/ })).toHaveCount(0);
  await open(lab, page, "/people/1/account");
  await expect(page.locator("summary", { hasText: /^(Suspend|Erase…)$/ })).toHaveCount(0);
  await expect(page.getByText("You can’t change your own membership")).toBeVisible();
});

test("trainer: grants on their own type, other people's pages refused", async ({ lab, page }) => {
  await lab.demo("--no-boards");
  await enter(lab, page, "a trainer");
  await open(lab, page, "/types");
  await page.getByRole("main").locator("a.item").first().click();
  await page.waitForURL("**/types/*");
  await page.getByLabel("Find by name").fill("nowak");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("main").getByRole("link", { name: /Nowak/ }).first().click();
  await page.waitForURL("**person=*");
  await expect(page.getByRole("heading", { level: 2 }).first()).toContainText("Nowak");
  expect((await page.goto(`${lab.url}/people`))!.status()).toBe(403);
  expect((await page.goto(`${lab.url}${YUSUF}`))!.status(), "as if they did not exist").toBe(404);
});

test("invitation without mail: link to hand over", async ({ lab, page }) => {
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  await open(lab, page, "/people/invite");
  await page.getByLabel("Name").first().fill("Ida Neumann");
  await page.getByLabel("E-mail").first().fill("ida@example.org");
  await page.getByRole("main").getByRole("button", { name: "Invite person", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: /link|caught on this computer/ })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  reading(`people and type pages: no axe violations, no horizontal scrolling, ${colorScheme}`, async ({ lab, browser }) => {
    test.setTimeout(180_000);
    const context = await browser.newContext({ colorScheme, locale: colorScheme === "light" ? "en-GB" : "it-IT", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    for (const path of ["/people", "/people?status=left", "/people/1", JONAS, `${JONAS}/qualifications`, `${JONAS}/uses`, `${JONAS}/timeline`, `${JONAS}/account`, "/people/39/data", "/me/data", "/retention", "/people/invite", "/types", "/types/1", "/types/3?person=10", "/me"]) {
      await open(lab, page, path);
      for (const [width, height] of [[320, 640], [1280, 800]] as const) {
        await page.setViewportSize({ width, height });
        await fits(page, `${path} at ${width}`);
        if (width === (colorScheme === "light" ? 1280 : 320)) {
          await axe(page, `${path} ${width}`);
        }
      }
    }
    await context.close();
  });
}
