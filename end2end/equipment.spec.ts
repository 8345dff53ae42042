// Machines, types and labels in the browser: created, edited, merged by two managers, archived and restored.

import { type Browser, type Page } from "@playwright/test";
import { crc32, deflateSync } from "node:zlib";
import { axeBuilder, enter, expect, fits, hydrated, type Lab, leave, reading, test } from "./lab.ts";

async function open(lab: Lab, page: Page, path: string, script = true) {
  await page.goto(lab.url + path);
  if (script) await hydrated(page);
}

const save = (page: Page) => page.getByRole("main").getByRole("button", { name: "Save changes", exact: true });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script, on a phone";

  test(`A14: concurrent edits of a machine: merged, ${how}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const viewport = javaScriptEnabled ? { width: 1280, height: 800 } : { width: 390, height: 844 };
    const context = await browser.newContext({ javaScriptEnabled, locale: "en-GB", viewport });
    const [one, other] = [await context.newPage(), await context.newPage()];
    await enter(lab, one, "an administrator");
    await open(lab, one, "/machines/1/edit", javaScriptEnabled);
    await open(lab, other, "/machines/1/edit", javaScriptEnabled);
    // The second has begun to type when the first saves.
    await other.locator("#name").fill("Laser by the door");
    await one.locator("#name").fill("Laser by the window");
    await one.locator("#grace").fill("4");
    await save(one).click();
    await expect(one.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    if (javaScriptEnabled) {
      await expect(other.getByText("Someone has changed this since. What you typed is still here.")).toBeVisible();
      await expect(other.locator("#name"), "news take nothing away").toHaveValue("Laser by the door");
    }
    await save(other).click();

    await expect(other.getByRole("heading", { name: "Two versions: choose for each field" })).toBeVisible();
    await expect(other.getByRole("alert").filter({ hasText: "Saved by" })).toBeVisible();
    await expect(other.getByLabel("Laser by the door"), "mine is chosen").toBeChecked();
    await other.getByRole("group", { name: "Minutes between log-out and power-off" }).getByLabel("4").check();
    await other.getByRole("button", { name: "Save version" }).click();
    await expect(other.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await expect(other.locator("#name")).toHaveValue("Laser by the door");
    await expect(other.locator("#grace"), "and nothing of the first is lost").toHaveValue("4");
    await context.close();
  });

  test(`type and machine: created, edited, archived and restored, ${how}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const viewport = javaScriptEnabled ? { width: 1280, height: 800 } : { width: 390, height: 844 };
    const context = await browser.newContext({ javaScriptEnabled, locale: "en-GB", viewport });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    const main = page.getByRole("main");

    await open(lab, page, "/types/new", javaScriptEnabled);
    await page.locator("#name").fill("Thickness planer");
    await page.locator("#risk").selectOption("high");
    await main.getByLabel("Saw", { exact: true }).check();
    await page.locator("#display").fill("Ear protection");
    if (javaScriptEnabled) await expect(page.getByRole("img", { name: /Ear protection/ })).toBeVisible();
    await main.getByRole("button", { name: "Add a type" }).click();
    await page.waitForURL("**/types/*/edit?saved");
    await expect(main.getByLabel("Saw", { exact: true })).toBeChecked();

    await open(lab, page, "/machines/new", javaScriptEnabled);
    await page.locator("#name").fill("Planer");
    await page.locator("#kind").fill("Thickness planer");
    await page.locator("#number").fill("1");
    await main.getByRole("button", { name: "Add a machine" }).click();
    await expect(main.getByText(/has this number/)).toBeVisible();
    await expect(page.locator("#name"), "A24: what was typed is kept").toHaveValue("Planer");
    await page.locator("#number").fill("901");
    await main.getByRole("button", { name: "Add a machine" }).click();
    await page.waitForURL(/\/machines\/\d+$/);
    await main.getByRole("link", { name: "Edit" }).click();
    await page.waitForURL("**/edit");
    if (javaScriptEnabled) await hydrated(page);
    await page.locator("#manual").fill("javascript:alert(1)");
    await save(page).click();
    await expect(main.getByText("Enter a whole address that begins with https://")).toBeVisible();
    await page.locator("#manual").fill("https://example.org/planer");
    await save(page).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();

    await page.getByRole("button", { name: "Archive: Planer" }).click();
    await expect(main.getByText(/^Archived today/)).toBeVisible();
    await page.getByRole("button", { name: "Undo: Planer" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Planer is back." })).toBeVisible();
    await page.getByRole("button", { name: "Archive: Planer" }).click();
    await expect(main.getByText(/^Archived today/)).toBeVisible();
    const address = page.url().replace(/\/edit.*/, "");
    expect((await page.request.get(address)).status()).toBe(404);
    await page.getByRole("button", { name: "Restore: Planer" }).click();
    await expect(page.getByRole("button", { name: "Archive: Planer" })).toBeVisible();
    expect((await page.request.get(address)).status()).toBe(200);
    await context.close();
  });
}

test("bulk change of machines; labels as page and PDF", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards", "--public-url", "https://talvera.example");
  await enter(lab, page, "an administrator");
  await open(lab, page, "/machines");
  const ticks = page.getByRole("table").getByRole("checkbox");
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await page.locator("summary", { hasText: "Edit selected" }).click();
  await page.locator("#display").fill("Clean up, please");
  await expect(page.getByRole("checkbox", { name: "Change: Second line" }), "who types wants it changed").toBeChecked();
  await page.getByRole("button", { name: "Preview effect" }).click();
  await page.waitForURL("**try=many*");
  await hydrated(page);
  const fates = page.getByRole("region", { name: "What would change" });
  await expect(fates.getByText(/Second line of displays: .* → Clean up, please/)).toHaveCount(2);
  // Somebody else changes one of the two before this is applied.
  const other = await page.context().newPage();
  await open(lab, other, (await ticks.first().locator("xpath=ancestor::tr").getByRole("link").getAttribute("href")) ?? "");
  await other.locator("#grace").fill("4");
  await save(other).click();
  await expect(other.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await other.close();
  const doIt = page.getByRole("button", { name: "Change selected" });
  await expect(fates.getByText("It was changed since you selected it.")).toHaveCount(1);
  await fates.getByRole("checkbox", { checked: false }).check();
  await doIt.click();
  await expect(page.getByRole("status").filter({ hasText: "Changed." })).toBeVisible();
  await open(lab, page, "/machines/labels?size=large");
  await expect(page.getByRole("img", { name: /https:\/\/talvera.example\/machines\/\d+/ }).first()).toBeVisible();
  // In the page: if the site's address is a secure one, only a browser sends the session over plain HTTP.
  const pdf = await page.evaluate(async () => {
    const answer = await fetch("/machines/labels.pdf?size=small");
    return [answer.headers.get("content-type"), (await answer.text()).slice(0, 5)];
  });
  expect(pdf).toEqual(["application/pdf", "%PDF-"]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`equipment pages: no axe violations, no horizontal scrolling, ${colorScheme}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards", "--public-url", "https://talvera.example");
    const context = await browser.newContext({ colorScheme, locale: colorScheme === "light" ? "en-GB" : "it-IT", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    for (const path of ["/machines", "/machines?try=many&machines[]=1:1&change[]=grace&grace=7", "/machines/1/edit", "/types/new", "/types/3/edit", "/places", "/places?edit=1", "/machines/labels", "/hours", "/hours?at=space&version=0&mon=8-9&try=week", "/settings", "/settings?at=type:3&key=access.mode&value=qualified"]) {
      await page.setViewportSize(colorScheme === "light" ? { width: 1280, height: 800 } : { width: 320, height: 640 });
      await open(lab, page, path);
      await fits(page, path);
      const { violations } = await axeBuilder(page).analyze();
      expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html}`)).toEqual([]);
    }
    await context.close();
  });
}

test("machine photo: uploaded and removed, also without script", async ({ lab, browser }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await enter(lab, page, "an administrator");
  await open(lab, page, "/machines/1/edit", false);
  const give = page.getByRole("button", { name: "Save picture" });
  await page.locator("#picture").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await give.click();
  await expect(page.getByText("This file is not a JPEG, PNG or WebP.")).toBeVisible();
  // One white pixel.
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
  await page.locator("#picture").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await give.click();
  await expect(page.getByRole("img", { name: /^Photo of / })).toBeVisible();
  await open(lab, page, "/machines/1", false);
  const photo = page.getByRole("img", { name: /^Photo of / });
  await expect(photo).toBeVisible();
  expect((await page.request.get(lab.url + (await photo.getAttribute("src")))).headers()["content-type"]).toBe("image/jpeg");
  await open(lab, page, "/machines/1/edit", false);
  await page.getByRole("button", { name: "Remove picture" }).click();
  await expect(page.getByRole("img", { name: /^Photo of / })).toHaveCount(0);
  await context.close();
});

/** An administrator's session, for several contexts, because a demo's link signs in only once. */
async function administrator(lab: Lab, browser: Browser) {
  const door = await browser.newContext({ locale: "en-GB" });
  await enter(lab, await door.newPage(), "an administrator");
  const storageState = await door.storageState();
  await door.close();
  return storageState;
}

/** A black PNG of this size. */
function black(width: number, height: number) {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const rows = deflateSync(Buffer.alloc((width + 1) * height));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

test("photo of 50 megapixels: shrunk before upload, refused with the limit without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const photo = { name: "photo.png", mimeType: "image/png", buffer: black(8160, 6144) };
  const storageState = await administrator(lab, browser);
  for (const javaScriptEnabled of [false, true]) {
    const viewport = { width: 390, height: 844 };
    const context = await browser.newContext({ javaScriptEnabled, locale: "en-GB", viewport, storageState });
    const page = await context.newPage();
    await open(lab, page, "/machines/1/edit", javaScriptEnabled);
    await page.locator("#picture").setInputFiles(photo);
    await page.getByRole("button", { name: "Save picture" }).click();
    if (javaScriptEnabled) await expect(page.getByRole("img", { name: /^Photo of / })).toBeVisible();
    else await expect(page.getByText("at most 32 million")).toBeVisible();
    await context.close();
  }
});

reading("A24: refused form: focus at its first invalid field, also without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const storageState = await administrator(lab, browser);
  for (const javaScriptEnabled of [true, false]) {
    const viewport = { width: 390, height: 844 };
    const context = await browser.newContext({ javaScriptEnabled, locale: "en-GB", viewport, storageState });
    const page = await context.newPage();
    await open(lab, page, "/machines/1/edit", javaScriptEnabled);
    await page.locator("#auto_stop").fill("soon");
    await page.locator("#grace").fill("later");
    await save(page).click();
    await expect(page.locator("#auto_stop")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#auto_stop")).toBeFocused();
    await expect(page.locator("#auto_stop")).toBeInViewport();

    await open(lab, page, "/machines/1/report", javaScriptEnabled);
    await page.getByRole("radio", { name: /^Unsafe/ }).check();
    await page.getByRole("button", { name: "Send report" }).click();
    await expect(page.locator("#words")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#words")).toBeFocused();

    // The form beside it, for the same thing, was not refused.
    await open(lab, page, "/hours?at=space", javaScriptEnabled);
    await page.locator("#mon").fill("whenever");
    await page.locator("#mon").press("Enter");
    await expect(page.locator("#mon")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#mon")).toBeFocused();
    await expect(page.getByText("Please fix the fields below.")).toHaveCount(1);
    await context.close();
  }
});

test("draft: restored after a reload or a refused picture, gone after saving", async ({ lab, page }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  const name = page.locator("#name");
  await open(lab, page, "/machines/1/edit");
  await name.fill("Laser by the door");
  await page.locator("#place").selectOption({ index: 1 });
  const place = await page.locator("#place").inputValue();
  await page.reload();
  await hydrated(page);
  await expect(name).toHaveValue("Laser by the door");
  await expect(page.locator("#place")).toHaveValue(place);

  await page.locator("#picture").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.getByRole("button", { name: "Save picture" }).click();
  await expect(page.getByText("This file is not a JPEG, PNG or WebP.")).toBeVisible();
  await hydrated(page);
  await expect(name, "what was typed beside it").toHaveValue("Laser by the door");

  await page.locator("#grace").fill("later");
  await save(page).click();
  await expect(page.locator("#grace")).toHaveAttribute("aria-invalid", "true");
  await hydrated(page);
  await page.reload();
  await hydrated(page);
  await expect(page.locator("#grace"), "what was refused as well").toHaveValue("later");
  await expect(name).toHaveValue("Laser by the door");

  await page.locator("#grace").fill("");
  await save(page).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await hydrated(page);
  await name.fill("Laser by the window");
  await page.goto(`${lab.url}/machines/2/edit`);
  await hydrated(page);
  await open(lab, page, "/machines/1/edit");
  await expect(name, "another page lets go of it").toHaveValue("Laser by the door");
});

test("draft: restored by the back button, offered beside a concurrent save", async ({ lab, page }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  const name = page.locator("#name");
  await open(lab, page, "/machines/1/edit");
  await name.fill("Laser by the door");
  const crumb = page.locator("a.crumb");
  await crumb.click();
  await page.waitForURL(`${lab.url}/machines/1`);
  await expect(name).toHaveCount(0);
  await page.goBack();
  await expect(name, "a link inside the document, and back").toHaveValue("Laser by the door");

  await page.reload();
  await hydrated(page);
  await expect(name, "and a reload after that").toHaveValue("Laser by the door");
  // Away from the site, so that the page does not learn of the concurrent save.
  await leave(page, lab);
  const other = await page.context().newPage();
  await open(lab, other, "/machines/1/edit");
  await other.locator("#grace").fill("4");
  await save(other).click();
  await expect(other.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await expect(other.getByRole("status").filter({ hasText: "Saved." }), "what came of it").toBeFocused();
  await page.goBack();
  await hydrated(page);
  await expect(name, "nothing is lost").toHaveValue("Laser by the door");
  await expect(page.getByRole("alert").filter({ hasText: "Someone has changed this since. What you typed is still here." })).toBeVisible();
  await save(page).click();
  await expect(page.getByRole("heading", { name: "Two versions: choose for each field" })).toBeVisible();
  await expect(page.getByLabel("Laser by the door"), "mine is chosen").toBeChecked();
  await expect(page.getByRole("group", { name: "Minutes between log-out and power-off" }).getByLabel("4"), "theirs").toBeChecked();
  await page.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await expect(name).toHaveValue("Laser by the door");
  await expect(page.locator("#grace"), "nothing was put over it").toHaveValue("4");

  // A link starts anew.
  await hydrated(page);
  await name.fill("Laser by the window");
  await crumb.click();
  await page.waitForURL(`${lab.url}/machines/1`);
  await page.getByRole("main").locator('a[href="/machines/1/edit"]').first().click();
  await expect(name).toHaveValue("Laser by the door");
});
