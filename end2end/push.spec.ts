// Notifications on a phone: turned on, listed and turned off. The browser of the journeys has no push service, so the page gets one
// that answers as Chrome does; what is sent to it is tested in `services`, by a foreign library.

import { accessible, enter, expect, hydrated, test } from "./lab.ts";

test("notifications: turned on on a phone, chosen in the settings, turned off", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  await page.addInitScript(() => {
    const keys = {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    };
    const made = { toJSON: () => ({ endpoint: "https://fcm.googleapis.com/fcm/send/journey", keys }) };
    const pushManager = { getSubscription: () => Promise.resolve(null), subscribe: () => Promise.resolve(made) };
    Object.defineProperty(navigator, "serviceWorker", { value: { ready: Promise.resolve({ pushManager }), register: () => Promise.resolve() } });
    Object.defineProperty(window, "Notification", { value: { requestPermission: () => Promise.resolve("granted") } });
  });
  await enter(lab, page, "a member");
  await page.goto(`${lab.url}/me/notifications`);
  await hydrated(page);
  await accessible(page, "no devices yet");
  await page.getByRole("button", { name: "Turn on here" }).click();
  const device = page.getByRole("region", { name: "Devices" }).getByRole("listitem");
  await expect(device).toHaveCount(1);
  await accessible(page, "a device with notifications");

  await page.goto(`${lab.url}/notices/settings`);
  await hydrated(page);
  await expect(page.getByRole("columnheader", { name: "On devices" }).first()).toBeVisible();
  await page.goto(`${lab.url}/me/notifications`);
  await hydrated(page);
  await device.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByText("No devices yet")).toBeVisible();
  await page.context().close();
});

test("notifications: page without script says that they need it", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" })).newPage();
  await enter(lab, page, "a member");
  await page.goto(`${lab.url}/me/notifications`);
  await expect(page.getByText("Notifications need JavaScript.")).toBeVisible();
  await page.context().close();
});
