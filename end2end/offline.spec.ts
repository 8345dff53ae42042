// Submitting a form while the server is unreachable: the page and its input stay, and a message says so. Every
// form of every page is submitted.

import type { BrowserContext, Locator, Page } from "@playwright/test";
import { enter, expect, hydrated, type Lab, reading, test } from "./lab.ts";
import { PAGES } from "./lazy.ts";

const SENTENCE = "Toolgate can’t be reached.";

/** Fills in empty fields, so that there is something to lose; returns the form's data. */
const typed = (form: Locator) =>
  form.evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
    for (const field of form.elements) {
      const empty = (field instanceof HTMLInputElement && /^(text|search|email|tel|password)$/.test(field.type)) || field instanceof HTMLTextAreaElement;
      if (empty && !field.value) field.value = "typed";
    }
    return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  });

const held = (form: Locator) =>
  form.evaluate((form: HTMLFormElement) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)])));

/** Submits every form of the pages in vain, each on a page of its own; returns their number. */
async function sendAll(page: Page, lab: Lab, context: BrowserContext, paths: string[]) {
  let sent = 0;
  for (const path of paths) {
    for (let at = 0, count = 1; at < count; at++) {
      await page.goto(lab.url + path);
      await hydrated(page);
      const forms = page.locator("form[method=post]");
      count = await forms.count();
      if (count === 0) break;
      const form = forms.nth(at);
      const which = `${path}: ${await form.getAttribute("action")}`;
      await page.evaluate(() => Object.assign(window, { same: true }));
      await context.setOffline(true);
      // Chromium says that it is offline before its network process is: a request at once may still get through.
      await expect.poll(() => page.evaluate(() => fetch("/healthz").then(() => "reached", () => "offline"))).toBe("offline");
      const before = await typed(form);
      await form.evaluate((form: HTMLFormElement) => form.requestSubmit(form.querySelector("button:not([formmethod], [type=button])")));
      // Of two forms for the same thing one shows it.
      await expect(page.locator("main").getByText(SENTENCE).first(), which).toBeAttached();
      expect(await page.evaluate(() => "same" in window), `${which}: the page stays`).toBe(true);
      expect(await held(form), `${which}: nothing is lost`).toBe(before);
      await context.setOffline(false);
      sent++;
    }
  }
  return sent;
}

reading("form submitted offline: stays with its input, on every page", async ({ lab, context, page }) => {
  test.setTimeout(600_000);
  const paths = ["/", ...Object.values(PAGES).map(({ path }) => path)];
  // Anonymous: the sign-in pages. The demo takes no applications.
  expect(await sendAll(page, lab, context, ["/sign-in", "/forgotten"])).toBeGreaterThanOrEqual(2);
  await enter(lab, page, "an administrator");
  expect(await sendAll(page, lab, context, [...paths, "/hours?at=type:3", "/settings?at=type:3&key=access.mode"])).toBeGreaterThan(40);
});

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
