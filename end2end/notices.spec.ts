// Notices: an event on one page raises the bell's count on another, live, and on nobody else's; a notice is
// opened, archived and restored.

import { accessible, blockMachine, enter, expect, followMachine, hydrated, test } from "./lab.ts";

test("blocked machine: follower's bell counts live, notice links to the machine", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, phone, "a member");
  await enter(lab, desk, "an administrator");

  await followMachine(lab, phone);
  await accessible(phone, "a machine that is followed");
  const bell = phone.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Notices/ });
  const before = Number((await bell.innerText()).match(/\d+/)?.[0] ?? 0);

  await desk.goto(`${lab.url}/machines/1`);
  await hydrated(desk);
  const own = desk.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Notices/ });
  const ownBefore = await own.innerText();
  await blockMachine(desk);

  await expect(bell, "live on the follower's phone").toContainText(String(before + 1));
  expect(await own.innerText(), "nobody is told of their own deeds").toBe(ownBefore);

  await bell.click();
  await phone.waitForURL("**/notices");
  await hydrated(phone);
  const notice = phone.getByRole("listitem").filter({ hasText: "is out of service" });
  await expect(notice).toHaveCount(1);
  await accessible(phone, "notices on a phone");
  await notice.getByRole("button", { name: /^Archive/ }).click();
  await expect(notice).toHaveCount(0);
  const toast = phone.locator(".toast");
  await expect(toast).toContainText("1 notice archived");
  await toast.getByRole("button", { name: "Undo" }).click();
  await expect(notice).toHaveCount(1);
  await notice.locator("button.t").click();
  await phone.waitForURL("**/machines/1");
  if (before === 0) await expect(bell).not.toContainText(/\d/);
  await phone.goto(`${lab.url}/notices?show=all`);
  await hydrated(phone);
  await expect(notice).toHaveCount(1);

  await phone.goto(`${lab.url}/notices?show=archived`);
  await hydrated(phone);
  await expect(phone.getByRole("main")).toContainText("The archive is empty");
  await accessible(phone, "an empty archive");
  for (const page of [phone, desk]) await page.context().close();
});

test("notices: opened and archived by keyboard, and without script", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  const other = await (await browser.newContext({ locale: "it-IT", javaScriptEnabled: false })).newPage();
  await enter(lab, desk, "an administrator");
  await enter(lab, other, "a member");
  await other.goto(`${lab.url}/machines/1/report`);
  await other.locator("textarea").fill("La cinghia slitta.");
  await other.locator("input[type=radio][value=degraded]").check();
  await other.getByRole("button", { name: "Invia la segnalazione" }).click();

  await desk.goto(`${lab.url}/notices`);
  await hydrated(desk);
  const rows = desk.getByRole("main").getByRole("listitem").filter({ hasText: "Problem with" });
  const count = await rows.count();
  if (count > 0) {
    await desk.keyboard.press("j");
    await expect(rows.first().locator("button.t")).toBeFocused();
    await desk.keyboard.press("e");
    await expect(rows).toHaveCount(count - 1);
    await desk.keyboard.press("z");
    await expect(rows).toHaveCount(count);
  }
  await other.goto(`${lab.url}/notices`);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Avvisi");
  for (const page of [desk, other]) await page.context().close();
});
