// The building: its figures on a phone, a chart with its table and its file, and a device that is added with its login.

import { accessible, enter, expect, hydrated, test } from "./lab.ts";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };
const DESK = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };

for (const javaScriptEnabled of [true, false]) {
  test(`meters on a phone: figures, another period, file, ${javaScriptEnabled ? "with" : "without"} script`, async ({
    lab,
    browser,
  }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const phone = await (await browser.newContext({ ...PHONE, javaScriptEnabled })).newPage();
    await enter(lab, phone, "a member");
    await phone.goto(`${lab.url}/building`);
    const main = phone.getByRole("main");
    await expect(main).toContainText("Power");
    await expect(main).toContainText("kWh");
    if (javaScriptEnabled) {
      await hydrated(phone);
      await accessible(phone, "the building");
    }
    await phone.getByRole("link", { name: "Meters" }).click();
    await phone.waitForURL(/building\/meters/);
    await expect(phone.getByRole("img", { name: "Power by hour" })).toBeVisible();
    if (javaScriptEnabled) await accessible(phone, "meters");
    await phone.getByRole("link", { name: "Month" }).click();
    await expect(phone.getByRole("img", { name: "Power by day" })).toBeVisible();
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    const file = await phone.getByRole("link", { name: "CSV" }).getAttribute("href");
    const answer = await phone.request.get(lab.url + file);
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toMatch(/^start,value,least,most\r\n\d{4}-/);
    await phone.context().close();
  });
}

test("device of the building without script: added with a meter, its password shown once", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ ...DESK, javaScriptEnabled: false })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/building/devices`);
  const form = desk.getByRole("region", { name: "Add a device" });
  await form.getByLabel("Name").fill("Plug of the kiln");
  await form.getByLabel("Topic").fill("plug/#");
  await form.getByRole("button", { name: "Add device" }).click();
  await expect(form).toContainText("without + or #");
  await expect(form.getByLabel("Name")).toHaveValue("Plug of the kiln");
  await form.getByLabel("Topic").fill("plug-kiln");
  await form.getByRole("button", { name: "Add device" }).click();
  const login = desk.getByRole("region", { name: "Login of Plug of the kiln" });
  await expect(login.getByLabel("User")).toHaveValue(/^d-[a-z0-9]+$/);
  await expect(login.getByLabel("Password")).toHaveValue(/^[a-z0-9]{24}$/);
  const device = desk.getByRole("region", { name: "Plug of the kiln", exact: true });
  await expect(device).toContainText("Not heard yet");
  await device.getByRole("link", { name: /^Add meter/ }).click();
  await device.getByLabel("Name").fill("Kiln");
  await device.getByRole("button", { name: /^Add meter/ }).click();
  await expect(device).toContainText("Kiln");
  await expect(device).toContainText("Power · –");
  await expect(desk.getByRole("textbox", { name: "Password" })).toHaveCount(0);
  await desk.context().close();
});
