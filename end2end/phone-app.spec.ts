// Toolgate as an installed app: installable, and useful without a network.

import type { Page } from "@playwright/test";
import { accessible, enter, expect, hydrated, type Lab, test } from "./lab.ts";

// The worker answers pages it has not stored with 503.
test.use({ serviceWorkers: "allow", expected: /status of 503/ });

/** A member whose phone has the worker and a current *Now*. */
async function member(lab: Lab, page: Page) {
  await lab.demo("--no-boards");
  await enter(lab, page, "a member");
  await page.goto(lab.url);
  await hydrated(page);
  await page.waitForFunction(async () => Boolean((await navigator.serviceWorker.ready) && navigator.serviceWorker.controller));
  // The worker stores what is loaded after it was installed.
  await page.reload();
  await hydrated(page);
  await expect.poll(() => kept(page)).toContain("/");
}

const kept = (page: Page) =>
  page.evaluate(async () => (await (await caches.open("pages")).keys()).map(({ url }) => new URL(url).pathname));

test("installed app: no installability errors", async ({ lab, page }) => {
  await member(lab, page);
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A window without a profile installs nothing, whatever the page.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
  const { data, errors } = await devtools.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data!);
  expect(manifest).toMatchObject({ name: "Talvera Workshop", display: "standalone", start_url: "/", lang: "en" });
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const picture = await createImageBitmap(await (await fetch(src)).blob());
      return `${picture.width}x${picture.height}`;
    }, src);
    expect(size, src).toBe(sizes);
  }
});

test("no network: visited pages show their age, others the offline page", async ({ lab, context, page }) => {
  test.setTimeout(90_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await member(lab, page);
  const machine = await page.locator("main a[href^='/machines/']").first().getAttribute("href");
  await context.setOffline(true);
  // Not only offline as far as the browser pretends: it forgets the worker with the next document.
  await lab.server!.end("SIGKILL");

  await page.goto(lab.url);
  await expect(page.getByText(/^You’re offline\. Saved /)).toBeVisible();
  await expect(page.locator(`main a[href="${machine}"]`)).toBeVisible();
  await accessible(page, "Now, as it was");

  // By the clock of the space, of 24 hours.
  await expect(page.getByText(/^You’re offline\. Saved \w+ \d+ \w+, [0-2]\d:\d\d\.$/)).toBeVisible();

  // A stored page loads again whenever the browser takes itself for online, and then forgets a click of that moment.
  await expect(async () => {
    await page.locator(`main a[href="${machine}"]`).click({ timeout: 1_000 });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You’re offline", { timeout: 3_000 });
  }).toPass({ timeout: 20_000 });
  await accessible(page, "a page that was not kept");
  expect((await page.goto(lab.url + machine))!.status()).toBe(503);

  // It reopens by itself.
  await lab.demo("--no-boards");
  await context.setOffline(false);
  await hydrated(page);
  await expect(page.getByText(/^You’re offline/)).toHaveCount(0);
  await expect.poll(() => kept(page)).toContain(machine);
});

// At a shared computer the next person must not see the previous one's pages.
test("sign-out: stored pages are deleted", async ({ lab, context, page }) => {
  test.setTimeout(90_000);
  await member(lab, page);
  await page.goto(`${lab.url}/me`);
  await hydrated(page);
  await expect.poll(() => kept(page)).toContain("/me");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/me");
  await expect.poll(() => kept(page)).not.toContain("/me");
  await context.setOffline(true);
  await page.goto(`${lab.url}/me`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You’re offline");
});
