// Doors: who is inside, and the list for an evacuation, which has to work outside on a phone without a network.

import type { Page } from "@playwright/test";
import { accessible, enter, expect, hydrated, MARTA, test } from "./lab.ts";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };
const DESK = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };

/** A machine of the demo that nobody uses, and its number. */
const READER = { name: "Embroidery machine", number: 11 };

/** Marks the machine as a door. */
async function mark(page: Page) {
  const form = page.getByRole("region", { name: "Add a door" });
  await form.getByLabel("Machine whose board is the reader").selectOption({ label: READER.name });
  await form.getByText("In only").click();
  await form.getByRole("button", { name: "Add door" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  return page.getByRole("region", { name: "Doors" }).getByRole("listitem").filter({ hasText: READER.name });
}

/** Everyone who is missing, and everyone who is outside. */
async function counts(page: Page) {
  const all = await page.locator(".roster:not([data-left] *) input").count();
  const outside = await page.locator(".roster:not([data-left] *) input:checked").count();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${all - outside} still missing`);
  await expect(page.getByText(`Outside: ${outside} of ${all}`)).toBeVisible();
  return { all, outside };
}

test.describe("with the worker of a phone", () => {
  // The worker answers pages it has not stored with 503.
  test.use({ serviceWorkers: "allow", expected: /status of 503/ });

  test("evacuation: list opened once, ticked and reloaded without a network, forgotten at sign-out", async ({ lab, context, page }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    await page.setViewportSize(PHONE.viewport);
    await enter(lab, page, "an administrator");
    await page.goto(`${lab.url}/building/doors`);
    await hydrated(page);
    await page.getByRole("link", { name: "Evacuate: take the list outside" }).click();
    await page.waitForURL("**/building/evacuate");
    await expect(page.getByText("Works without network.")).toBeVisible({ timeout: 20_000 });
    await hydrated(page);
    await accessible(page, "the list");
    const { all } = await counts(page);
    expect(all).toBeGreaterThan(1);

    // Not only offline as far as the browser pretends: it forgets the worker with the next document.
    await context.setOffline(true);
    await lab.server!.end("SIGKILL");
    await page.goto(`${lab.url}/building/evacuate`);
    await expect(page.getByText("Works without network.")).toBeVisible();
    await page.locator(".roster input").first().check();
    expect((await counts(page)).outside).toBe(1);
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("The plumber");
    await page.getByLabel("Name", { exact: true }).press("Enter");
    expect(await counts(page)).toEqual({ all: all + 1, outside: 1 });
    await page.reload();
    await expect(page.getByText("The plumber")).toBeVisible();
    expect(await counts(page)).toEqual({ all: all + 1, outside: 1 });
    await expect(page.getByText(/^outside \d\d:\d\d$/)).toHaveCount(1);

    await lab.demo("--no-boards");
    await context.setOffline(false);
    await page.goto(`${lab.url}/me`);
    await hydrated(page);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForURL((url) => url.pathname !== "/me");
    await expect.poll(() => page.evaluate(() => localStorage.getItem("roster"))).toBeNull();
    await expect.poll(() => page.evaluate(async () => Boolean(await caches.match("/building/evacuate")))).toBe(false);
    await context.setOffline(true);
    await page.goto(`${lab.url}/building/evacuate`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You’re offline");
  });

  test("evacuation: list as the first page of all, then without a network", async ({ lab, browser, context, page }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    // Elsewhere, so that this browser has no worker yet.
    const other = await browser.newContext();
    await enter(lab, await other.newPage(), "an administrator");
    await other.close();
    await enter(lab, page, "an administrator");
    await page.goto(`${lab.url}/building/evacuate`);
    await expect(page.getByText("Works without network.")).toBeVisible({ timeout: 20_000 });
    await context.setOffline(true);
    await lab.server!.end("SIGKILL");
    await page.goto(`${lab.url}/building/evacuate`);
    await page.locator(".roster input").first().check();
    expect((await counts(page)).outside).toBe(1);

    // A day later the worker has deleted the names.
    await page.evaluate(async () => {
      const pages = await caches.open("pages");
      const list = (await pages.match("/building/evacuate"))!;
      const headers = new Headers(list.headers);
      headers.set("toolgate-stored", String(Date.now() - 24 * 3_600_000));
      await pages.put("/building/evacuate", new Response(await list.text(), { headers }));
    });
    await page.goto(`${lab.url}/building/evacuate`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You’re offline");
    expect(await page.evaluate(async () => Boolean(await caches.match("/building/evacuate")))).toBe(false);
  });
});

test("evacuation without script: a list to read, on paper without buttons", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext({ ...PHONE, javaScriptEnabled: false })).newPage();
  await enter(lab, phone, "an administrator");
  await phone.goto(`${lab.url}/building/evacuate`);
  const rows = phone.locator(".roster:not([data-left] *) li");
  expect(await rows.count()).toBeGreaterThan(1);
  await expect(rows.first()).toBeVisible();
  await expect(phone.getByRole("link", { name: "112" })).toHaveAttribute("href", "tel:112");
  await expect(phone.getByRole("button", { name: "Add a person" })).toHaveCount(0);
  await expect(phone.getByText("Works without network.")).toBeHidden();
  await phone.emulateMedia({ media: "print" });
  await expect(rows.first()).toBeVisible();
  await expect(phone.getByRole("link", { name: "112" })).toBeHidden();
  await phone.context().close();
});

test("doors: the number for members, names and openings for managers", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext(DESK)).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/building/doors`);
  await hydrated(desk);
  await expect(desk.getByRole("region", { name: "people inside" })).toBeVisible();
  await expect(desk.getByRole("table", { name: "Openings today" })).toBeVisible();
  await expect(desk.getByRole("region", { name: "Doors" }).getByText("Main door", { exact: true })).toBeVisible();
  await accessible(desk, "doors");
  const gone = desk.getByRole("button", { name: /^Mark as gone/ });
  const before = await gone.count();
  await gone.first().click();
  await expect(gone).toHaveCount(before - 1);
  await desk.context().close();
});

test("door without script: marked, changed and removed", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ ...DESK, javaScriptEnabled: false })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/building/doors`);
  const door = await mark(desk);
  await expect(door).toContainText("in only");
  await door.getByRole("link", { name: new RegExp(`^Change ?: ${READER.name}`) }).click();
  await door.getByRole("button", { name: new RegExp(`^Remove door ?: ${READER.name}`) }).click();
  await expect(desk.getByText("Saved.")).toBeVisible();
  await expect(door).toHaveCount(0);
  await desk.context().close();
});

test("swipe at a door: an opening on the open page, and no use of the machine", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext(DESK)).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/building/doors`);
  await hydrated(desk);
  const door = await mark(desk);
  const loads: string[] = [];
  desk.on("load", () => loads.push(desk.url()));
  const boards = await lab.boards(String(READER.number));
  await expect(door).toContainText("Locked, by card");
  boards.say(`swipe ${READER.number} ${MARTA}`);
  const openings = desk.getByRole("table", { name: "Openings today" });
  await expect(openings.getByRole("row").filter({ hasText: READER.name })).toContainText(/Marta Ferri.*opened/);
  await expect(desk.getByRole("region", { name: /^Inside/ })).toContainText("Marta Ferri");
  expect(loads, "without a reload").toEqual([]);
  await desk.goto(`${lab.url}/machines/${READER.number}`);
  await expect(desk.getByRole("main")).not.toContainText("In use");
  await desk.context().close();
});
