// Submitting a form while the server is unreachable: the page and its input stay, and a message says so. One form of
// each kind is submitted on every page.

import type { BrowserContext, Locator, Page } from "@playwright/test";
import { enter, expect, hydrated, type Lab, reading, test } from "./lab.ts";
import { PAGES, portions } from "./lazy.ts";

const SENTENCE = "Toolgate can’t be reached.";

/** Fills in empty fields, so that there is something to lose, and submits; returns the form's data. */
const typedAndSubmitted = (form: Locator) =>
  form.evaluate((form: HTMLFormElement) => {
    Object.assign(window, { same: true });
    form.noValidate = true;
    for (const field of form.elements) {
      const empty = (field instanceof HTMLInputElement && /^(text|search|email|tel|password)$/.test(field.type)) || field instanceof HTMLTextAreaElement;
      if (empty && !field.value) field.value = "typed";
    }
    const data = JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    form.requestSubmit(form.querySelector<HTMLButtonElement>("button:not([formmethod], [type=button])"));
    return data;
  });

/** The form's data, and whether its page is the one that was submitted. */
const held = (form: Locator) =>
  form.evaluate((form: HTMLFormElement) => ({
    data: JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)])),
    same: "same" in window,
  }));

/** The first form of each kind: between rows of a list only numbers differ. */
const kinds = (forms: Locator) =>
  forms.evaluateAll((all) => {
    const first = new Map<string, number>();
    for (const [at, form] of all.entries()) {
      const kind = form.getAttribute("action")!.replace(/\d+/g, "");
      if (!first.has(kind)) first.set(kind, at);
    }
    return [...first];
  });

/** Submits one form of each kind on each page in vain, without loading the page again; returns their number. */
async function sendAll(page: Page, lab: Lab, context: BrowserContext, paths: string[]) {
  let sent = 0;
  const message = page.locator("main").getByText(SENTENCE);
  for (const path of paths) {
    await page.goto(lab.url + path);
    await hydrated(page);
    const forms = page.locator("form[method=post]");
    const all = await kinds(forms);
    if (all.length === 0) continue;
    await context.setOffline(true);
    // Chromium says that it is offline before its network process is: a request at once may still get through.
    await expect.poll(() => page.evaluate(() => fetch("/healthz").then(() => "reached", () => "offline"))).toBe("offline");
    for (const [kind, at] of all) {
      const which = `${path}: ${kind}`;
      await message.evaluateAll((earlier) => earlier.forEach((it) => it.setAttribute("data-earlier", "")));
      const before = await typedAndSubmitted(forms.nth(at));
      await expect(message.and(page.locator(":not([data-earlier])")).first(), which).toBeAttached();
      const after = await held(forms.nth(at));
      expect(after.same, `${which}: the page stays`).toBe(true);
      expect(after.data, `${which}: nothing is lost`).toBe(before);
      sent++;
    }
    await context.setOffline(false);
  }
  return sent;
}

// The demo takes no applications.
reading("form submitted offline, on the pages to sign in: stays with its input", async ({ lab, context, page }) => {
  expect(await sendAll(page, lab, context, ["/sign-in", "/forgotten"])).toBeGreaterThanOrEqual(2);
});

const WALK = ["/", "/hours?at=type:3", "/settings?at=type:3&key=access.mode", ...Object.values(PAGES).map(({ path }) => path)];
for (const [name, paths] of portions(WALK)) {
  reading(`form submitted offline, ${name}: stays with its input`, async ({ lab, context, page }) => {
    test.setTimeout(240_000);
    await enter(lab, page, "an administrator");
    // What leaves its page's own forms out finds hardly any.
    expect(await sendAll(page, lab, context, paths)).toBeGreaterThan(paths.length / 3);
  });
}

test("form submitted during a restart: can be sent again", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/people/10/account`);
  await hydrated(page);
  await page.getByLabel("Telephone").fill("+39 0471 123456");
  await lab.server!.end("SIGKILL");
  const save = page.getByRole("button", { name: "Save changes", exact: true });
  await save.click();
  await expect(page.getByRole("alert").filter({ hasText: SENTENCE })).toBeVisible();
  await expect(page.getByLabel("Telephone")).toHaveValue("+39 0471 123456");
  await lab.demo("--no-boards");
  await Promise.all([page.waitForEvent("load"), save.click()]);
  await expect(page.getByRole("alert").filter({ hasText: SENTENCE })).toHaveCount(0);
  await page.goto(`${lab.url}/people/10/account`);
  await expect(page.getByLabel("Telephone")).toHaveValue("+39 0471 123456");
});
