// The day of a machine by mouse and finger; and phones with a wrong clock or two tabs.

import type { Browser, BrowserContextOptions, Locator, Page } from "@playwright/test";
import { choose, chooseLast, enter, expect, hydrated, type Lab, test } from "./lab.ts";

/** 3D printers, which every member may use. */
const PRINTERS = "/book?what=type:4&minutes=60&when=soon";
const HOUR = 60;

async function member(lab: Lab, browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", ...options })).newPage();
  await enter(lab, page, "a member");
  return page;
}

const height = async (of: Locator) => (await of.boundingBox())!.height;

/** Leaves `page` on a day of a printer with five consecutive free hours, with an hour selected from the second on. */
async function chosenHour(lab: Lab, page: Page) {
  await page.goto(lab.url + PRINTERS);
  await hydrated(page);
  await page.getByRole("link", { name: /^More/ }).first().click();
  await page.waitForURL(/\/book\/machine:\d+$/);
  const address = page.url();
  for (let ahead = 1; ahead <= 7; ahead += 1) {
    const date = new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    await page.goto(`${address}?day=${date}`);
    await hydrated(page);
    const hour = await height(page.locator(".hours li").first());
    for (const free of await page.locator(".slot-free").all()) {
      if ((await height(free)) < 5 * hour) continue;
      await free.click({ position: { x: 40, y: 1.5 * hour } });
      return hour;
    }
  }
  throw new Error("no printer is free for five hours in a week");
}

/** `09:00–10:00` in minutes. */
const minutes = (clocks: string) => clocks.split("–").map((clock) => Number(clock.slice(0, 2)) * HOUR + Number(clock.slice(3))) as [number, number];

/** A point in the middle of its height, at the fraction `along` of its width. */
async function hold(of: Locator, along: number) {
  const box = (await of.boundingBox())!;
  return { x: box.x + box.width * along, y: box.y + box.height / 2 };
}

type Drag = (page: Page, from: { x: number; y: number }, by: number) => Promise<void>;

const mouse: Drag = async (page, { x, y }, by) => {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + by / 2);
  await page.mouse.move(x, y + by);
  await page.mouse.up();
};

const finger: Drag = async (page, { x, y }, by) => {
  const browser = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", at: number[]) =>
    browser.send("Input.dispatchTouchEvent", { type, touchPoints: at.map((y) => ({ x, y })) });
  await touch("touchStart", [y]);
  await touch("touchMove", [y + by / 2]);
  await touch("touchMove", [y + by]);
  await touch("touchEnd", []);
};

const TOUCH: BrowserContextOptions = { hasTouch: true, isMobile: true };

for (const [name, drag, options] of [["mouse", mouse, {}], ["finger", finger, TOUCH]] as const) {
  test(`time dragged by ${name}: moved, extended and booked as shown`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const page = await member(lab, browser, options);
    const hour = await chosenHour(lab, page);
    const block = page.locator(".slot[data-k=mine]");
    const time = block.locator("button.t");
    await block.evaluate((block) => block.scrollIntoView({ block: "center" }));
    const before = minutes(await time.innerText());
    // Its edges can be grabbed in the middle, everything else moves it.
    await drag(page, await hold(block, 0.15), hour);
    const moved = before.map((at) => at + HOUR);
    await expect.poll(async () => minutes(await time.innerText())).toEqual(moved);
    // Its lower edge, half an hour further.
    await drag(page, await hold(block.locator(".grip[data-end=bottom]"), 0.5), hour / 2);
    await expect.poll(async () => minutes(await time.innerText())).toEqual([moved[0], moved[1] + HOUR / 2]);
    const clocks = await time.innerText();
    await page.getByRole("button", { name: /^Book/ }).last().click();
    await page.waitForURL(/\/bookings\/\d+\?made/);
    await expect(page.getByRole("main")).toContainText(clocks);
    await page.context().close();
  });
}

test("phone clock off by a day: times follow the workshop's clock", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const right = await member(lab, browser);
  const storageState = await right.context().storageState();
  const wrong = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", storageState })).newPage();
  await wrong.clock.install({ time: Date.now() + 86_400_000 });
  for (const page of [right, wrong]) {
    await page.goto(lab.url + PRINTERS);
    await hydrated(page);
  }
  const said = async (page: Page) => (await page.getByRole("radio").evaluateAll((all) => all.map((radio) => radio.closest("label")!.innerText))).slice(2);
  await expect.poll(() => said(wrong)).toEqual(await said(right));
  const begins = Number((await chooseLast(wrong)).split("@")[1]);
  await wrong.getByRole("button", { name: "Book time" }).click();
  await wrong.waitForURL(/\/bookings\/\d+\?made/);
  // The demo's workshop is in Italy.
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome" });
  await expect(wrong.getByRole("main")).toContainText(clock.format(begins));
  for (const page of [right, wrong]) await page.context().close();
});

test("same time booked in two tabs: one booking", async ({ lab, browser }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  const one = await member(lab, browser);
  const two = await one.context().newPage();
  for (const page of [one, two]) {
    await page.goto(lab.url + PRINTERS);
    await hydrated(page);
  }
  await choose(two, await chooseLast(one));
  const before = await mine(lab, one.context().pages()[0]!);
  await Promise.all([one, two].map((page) => page.getByRole("button", { name: "Book time" }).click({ noWaitAfter: true })));
  // Each tab ends at the booking, reads that the time is its own already, or saw it taken before the tap and books no other.
  for (const page of [one, two]) {
    const without = page.locator(".dock").getByText("Pick a time");
    await Promise.race([page.waitForURL(/\/bookings\/\d+|\/book\/machine:\d+\?at=/), without.waitFor()]);
  }
  expect(await mine(lab, one)).toBe(before + 1);
  await one.context().close();
});

/** How many upcoming bookings they have. */
async function mine(lab: Lab, page: Page) {
  const list = await page.context().newPage();
  await list.goto(`${lab.url}/book/mine`);
  await hydrated(list);
  const count = await list.getByRole("article").count();
  await list.close();
  return count;
}
