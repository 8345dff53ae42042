// Training events in the browser: members ask, a trainer announces, places go to the next in line, results open the machine.

import type { Browser, Page } from "@playwright/test";
import { accessible, enter, expect, hydrated, type Lab, test } from "./lab.ts";

type Who = { width?: number; javaScriptEnabled?: boolean };

async function guest(lab: Lab, browser: Browser, who: Parameters<typeof enter>[2], { width = 390, javaScriptEnabled = true }: Who = {}): Promise<Page> {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const page = await (await browser.newContext({ viewport, locale: "en-GB", javaScriptEnabled })).newPage();
  await enter(lab, page, who);
  return page;
}

for (const javaScriptEnabled of [true, false]) {
  const way = javaScriptEnabled ? "with script" : "without script";
  test(`invitation on a phone: seen on Now, accepted, left and signed up again, ${way}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const phone = await guest(lab, browser, "a member", { javaScriptEnabled });
    const main = phone.getByRole("main");
    const ready = () => (javaScriptEnabled ? hydrated(phone) : Promise.resolve());
    await phone.goto(lab.url);
    await ready();
    await expect(main.getByRole("region", { name: /Coming up/ })).toBeVisible();
    if (javaScriptEnabled) await accessible(phone, "Now with an invitation");
    await main.getByRole("link", { name: "Lathe, first steps" }).first().click();
    await phone.waitForURL("**/events/1/invitation");
    await ready();
    if (javaScriptEnabled) await accessible(phone, "an invitation");
    await main.getByRole("button", { name: "Accept" }).click();
    // Leaving the page at once would cancel the request.
    await expect(main).toContainText("You’re signed up");
    await phone.goto(`${lab.url}/events/1`);
    await ready();
    await expect(main).toContainText("You’re signed up");
    if (javaScriptEnabled) await accessible(phone, "an event");
    // Opening the address of an answer changes nothing.
    await phone.goto(`${lab.url}/events/1/invitation`);
    await ready();
    await expect(main.getByRole("button", { name: "Accept" })).toHaveCount(0);
    await phone.context().close();
  });
}

test("session held from the demand page: announced in two taps, people invited in order", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await guest(lab, browser, "an administrator", { width: 1280 });
  const main = desk.getByRole("main");
  await desk.goto(`${lab.url}/training/demand`);
  await hydrated(desk);
  await accessible(desk, "training demand");
  await main.getByRole("link", { name: /people wait/ }).first().click();
  const hold = main.getByRole("button", { name: /^Hold this session/ });
  await expect(hold).toBeVisible();
  await hold.click();
  await expect.poll(() => desk.url()).toMatch(/\/events(\/\d+)?$/);
  await hydrated(desk);
  await accessible(desk, "training events");
  await desk.goto(`${lab.url}/events/new`);
  await hydrated(desk);
  await accessible(desk, "a new event");
  await desk.context().close();
});
