// Bookings: a member finds and books free time, nobody else gets it, and moderators answer in place.

import type { Browser, Page } from "@playwright/test";
import { accessible, accessibleInBothThemes, choose, chooseLast, enter, expect, hydrated, reading, test } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** 3D printers, which every member may use. */
const PRINTERS = "/book?what=type:4&minutes=60&when=soon";

type Guest = { width?: number; script?: boolean; calm?: boolean };

async function guest(lab: Lab, browser: Browser, who: Parameters<typeof enter>[2], { width = 390, script = true, calm = false }: Guest = {}): Promise<Page> {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const reducedMotion = calm ? "reduce" : "no-preference";
  const page = await (await browser.newContext({ viewport, locale: "en-GB", javaScriptEnabled: script, reducedMotion })).newPage();
  await enter(lab, page, who);
  return page;
}

/**
 * The soonest time that both pages offer. Neither has a checkout today, which a trainer may have just then. It begins
 * in a minute at the earliest, because a time that begins meanwhile is removed, not struck through.
 */
async function bothOffered(one: Page, other: Page): Promise<string> {
  const offered = (page: Page) => page.getByRole("radio").evaluateAll((all) => all.map((radio) => (radio as HTMLInputElement).value));
  const begins = (value: string) => Number(value.split("@")[1]);
  const theirs = await offered(other);
  const both = (await offered(one)).filter((value) => theirs.includes(value) && begins(value) > Date.now() + 60_000);
  return both.sort((a, b) => begins(a) - begins(b))[0]!;
}

test("booking on a phone: two taps, then check-in, extension and end", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await guest(lab, browser, "a member");
  const other = await guest(lab, browser, "an administrator");
  for (const page of [phone, other]) {
    await page.goto(lab.url + PRINTERS);
    await hydrated(page);
  }
  await accessible(phone, "free times");
  const soonest = await bothOffered(phone, other);
  await phone.locator(`label:has(input[value="${soonest}"])`).click();
  await phone.getByRole("button", { name: "Book time" }).click();
  await phone.waitForURL(/\/bookings\/\d+/);
  await expect(phone.getByRole("main")).toContainText("3D printer");
  // Without a reload: it stays in place, struck through.
  await expect(other.locator(".times .gone")).toHaveText(/Just taken/);
  await expect(other.locator(`input[value="${soonest}"]`)).toHaveCount(0);

  await accessible(phone, "a booking");
  await phone.goto(`${lab.url}/book/mine`);
  await hydrated(phone);
  const booked = phone.getByRole("article", { name: /3D printer/ });
  const checkIn = booked.getByRole("button", { name: "Check in" });
  if ((await checkIn.count()) === 0) {
    // At midnight, or while both printers are booked, the soonest time is more than a quarter of an hour away.
    await expect(booked).toContainText("Check-in opens");
    for (const page of [phone, other]) await page.context().close();
    return;
  }
  await checkIn.click();
  await expect(booked).toContainText("Until");
  await accessible(phone, "my bookings");
  const longer = booked.getByRole("button", { name: /^Extend to/ });
  if ((await longer.count()) > 0) {
    const until = (await longer.first().innerText()).replace("Extend to ", "");
    await longer.first().click();
    await expect(booked).toContainText(`Until ${until}`);
  }
  await booked.getByRole("button", { name: "End now" }).click();
  await expect(booked).toHaveCount(0);
  // Before its quarter of an hour begins, none of it counts as used.
  await expect(phone.getByRole("main")).toContainText(/completed|released/i);
  for (const page of [phone, other]) await page.context().close();
});

reading("search for free time: understood terms apply, unknown ones are reported", async ({ lab, browser }) => {
  const phone = await guest(lab, browser, "a member");
  await phone.goto(`${lab.url}/book`);
  await hydrated(phone);
  const words = phone.getByRole("searchbox", { name: "What, how long, when" });
  await words.fill("printer, 2 h, tomorrow");
  await words.press("Enter");
  await expect(phone.getByLabel("Length", { exact: true }).locator("option:checked")).toHaveText("2 h");
  await expect(phone.getByLabel("When", { exact: true }).locator("option:checked")).toHaveText("Tomorrow");
  await expect(phone.getByRole("heading", { name: /3D printer/ }).first()).toBeVisible();
  // Without the length the search runs again.
  const understood = phone.getByRole("list", { name: "Understood" }).getByRole("listitem");
  await expect(understood).toHaveCount(3);
  await phone.getByRole("link", { name: "Remove: 2 h" }).click();
  await expect(words).toHaveValue("printer, tomorrow");
  await expect(understood).toHaveCount(2);
  // The soonest is preselected only if every term is understood.
  const chosen = phone.locator("input[name=choice]:checked");
  await words.fill("printer flurb");
  await words.press("Enter");
  await expect(understood.filter({ hasText: "flurb" })).toContainText("not understood");
  await expect(phone.getByRole("radio")).not.toHaveCount(0);
  await expect(chosen).toHaveCount(0);
  await expect(phone.getByRole("main")).toContainText("Pick a time");
  await phone.getByRole("link", { name: /^Remove: flurb/ }).click();
  await expect(words).toHaveValue("printer");
  await expect(chosen).toHaveCount(1);
  await words.fill("flux capacitor");
  await words.press("Enter");
  await expect(phone.getByRole("main")).toContainText("No results for “flux capacitor”.");
  await accessible(phone, "words that nothing is called");
  await phone.context().close();
});

test("two people book one time without script: the second gets the reason and an alternative", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const first = await guest(lab, browser, "a member", { script: false });
  const second = await guest(lab, browser, "an administrator", { script: false });
  for (const page of [first, second]) await page.goto(lab.url + PRINTERS);
  const wanted = await bothOffered(first, second);
  for (const page of [first, second]) {
    const time = page.locator(`label:has(input[value="${wanted}"])`);
    // A time at the bottom of the window is below the fixed bar.
    await time.evaluate((label) => label.scrollIntoView({ block: "center" }));
    await time.click();
  }
  await first.getByRole("button", { name: "Book time" }).click();
  await first.waitForURL(/\/bookings\/\d+/);
  await second.getByRole("button", { name: "Book time" }).click();
  await second.waitForURL(/\/book\/machine:\d+\?at=/);
  await expect(second.getByRole("main")).toContainText("That time isn’t free");
  await expect(second.getByRole("main")).toContainText("Booked already");
  await second.getByRole("button", { name: "Book this instead" }).click();
  await second.waitForURL(/\/bookings\/\d+/);
  // Cancelled, it is free again.
  await first.goto(`${lab.url}/book/mine`);
  await expect(first.getByRole("article", { name: /3D printer/ })).toHaveCount(1);
  for (const page of [first, second]) await page.context().close();
});

test("booking by keyboard: selected on the day, moved and cancelled", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await guest(lab, browser, "a member");
  await phone.goto(lab.url + PRINTERS);
  await hydrated(phone);
  await phone.getByRole("link", { name: /^More/ }).first().click();
  await phone.waitForURL(/\/book\/machine:\d+$/);
  await hydrated(phone);
  // A day that lies completely ahead.
  const days = phone.getByRole("navigation", { name: "Day" });
  const later = days.getByRole("link").last();
  const href = (await later.getAttribute("href"))!;
  await later.click();
  await expect(days.locator("[aria-current]")).toHaveAttribute("href", href);
  const block = phone.locator(".slot[data-k=mine] button");
  if ((await block.count()) > 0) {
    // Away from midnight, which it may reach when this runs in the evening.
    for (let step = 0; step < 8; step++) await block.press("ArrowUp");
    const before = await block.innerText();
    await block.press("ArrowDown");
    await expect(block).not.toHaveText(before);
    await block.press("ArrowUp");
    await expect(block).toHaveText(before);
    await accessible(phone, "a day");
  }
  await phone.goto(lab.url + PRINTERS);
  await hydrated(phone);
  await chooseLast(phone);
  await phone.getByRole("button", { name: "Book time" }).click();
  await phone.waitForURL(/\/bookings\/\d+/);
  await hydrated(phone);
  // A link clicked while the previous page is being left is not followed.
  await expect(async () => {
    await phone.getByRole("link", { name: /^Move/ }).click({ timeout: 2_000 });
    await phone.waitForURL(/move=\d+/, { timeout: 2_000 });
  }).toPass();
  await hydrated(phone);
  await phone.getByRole("button", { name: "Move booking" }).click();
  await phone.waitForURL(/\/bookings\/\d+\?moved/);
  await hydrated(phone);
  await phone.getByRole("button", { name: /^Cancel/ }).first().click();
  await phone.getByRole("dialog").getByRole("button", { name: /^Cancel/ }).click();
  await expect(phone.getByRole("main")).toContainText("Cancelled");
  await phone.context().close();
});

test("waiting list: a freed time is offered live and accepted", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const holder = await guest(lab, browser, "a member");
  const waiter = await guest(lab, browser, "an administrator");
  const address = (time: string) => `${lab.url}/book/${time.replace("@", "?at=")}&minutes=60`;
  await holder.goto(lab.url + PRINTERS);
  await hydrated(holder);
  const offered = await holder.getByRole("radio").evaluateAll((all) => all.map((radio) => (radio as HTMLInputElement).value));
  // Nobody waits for a time at which they have something else.
  let choice = "";
  for (const time of offered.reverse()) {
    await waiter.goto(address(time));
    await hydrated(waiter);
    if (!(await waiter.getByRole("main").innerText()).includes("That time isn’t free")) {
      choice = time;
      break;
    }
  }
  await choose(holder, choice);
  await holder.getByRole("button", { name: "Book time" }).click();
  await holder.waitForURL(/\/bookings\/\d+/);

  await waiter.goto(address(choice));
  await hydrated(waiter);
  await expect(waiter.getByRole("main")).toContainText("Booked already");
  await waiter.getByRole("button", { name: "Notify me if it frees up" }).click();
  await waiter.waitForURL("**/book/mine?waits");
  await hydrated(waiter);
  await expect(waiter.getByRole("main")).toContainText("You’re next in line.");
  await accessible(waiter, "a waiting list");

  await hydrated(holder);
  await holder.getByRole("button", { name: /^Cancel/ }).first().click();
  await holder.getByRole("dialog").getByRole("button", { name: /^Cancel/ }).click();
  // Without a reload.
  await expect(waiter.getByRole("region", { name: /3D printer|Printer|Prusa/ })).toContainText("it’s your turn");
  await accessible(waiter, "an offer");
  await waiter.getByRole("button", { name: "Take slot" }).click();
  await waiter.waitForURL(/\/bookings\/\d+\?made/);
  await expect(waiter.getByRole("main")).toContainText("Booked");
  for (const page of [holder, waiter]) await page.context().close();
});

// A8
test("blocked machine: the holder sees alternatives and moves with one tap", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await guest(lab, browser, "a member");
  const owner = await guest(lab, browser, "an administrator", { width: 1280 });
  await phone.goto(lab.url + PRINTERS);
  await hydrated(phone);
  const choice = await chooseLast(phone);
  await phone.getByRole("button", { name: "Book time" }).click();
  await phone.waitForURL(/\/bookings\/\d+/);
  await hydrated(phone);

  await owner.goto(`${lab.url}/machines/${/machine:(\d+)@/.exec(choice)![1]}`);
  await hydrated(owner);
  await owner.getByText("Block machine…").click();
  await owner.getByLabel("Why?").fill("The belt is torn");
  await owner.getByRole("button", { name: "Block machine" }).click();
  await expect(owner.getByRole("main")).toContainText("Blocked");

  await expect(phone.getByRole("main")).toContainText("is out of service");
  await accessible(phone, "an outage");
  await phone.getByRole("button", { name: "Move my booking" }).click();
  await phone.waitForURL(/\?moved/);
  await expect(phone.getByRole("main")).not.toContainText("is out of service");
  for (const page of [phone, owner]) await page.context().close();
});

test("booking requests: answered by keyboard", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await guest(lab, browser, "an administrator", { width: 1280 });
  await desk.goto(`${lab.url}/bookings/requests`);
  await hydrated(desk);
  const rows = desk.locator(".inbox-row");
  const before = await rows.count();
  expect(before).toBeGreaterThan(1);
  await accessible(desk, "requests");
  const second = await rows.nth(1).locator(".t").innerText();
  await desk.keyboard.press("j");
  await expect(desk.locator(".inbox-row[aria-current=true] .t")).toHaveText(second);
  await desk.keyboard.press("a");
  await expect(rows).toHaveCount(before - 1);
  await desk.keyboard.press("z");
  await expect(rows, "undone before anybody was told").toHaveCount(before);
  await desk.keyboard.press("a");
  await expect(rows).toHaveCount(before - 1);
  await desk.keyboard.press("r");
  await desk.getByLabel("Why not").last().fill("The spindle is out");
  await desk.getByRole("button", { name: /^Decline/ }).last().click();
  await expect(rows).toHaveCount(before - 2);
  // A pending decision is sent when the page is left.
  await desk.goto(`${lab.url}/bookings`);
  await desk.goto(`${lab.url}/bookings/requests`);
  await expect(rows).toHaveCount(before - 2);
  await desk.context().close();
});

for (const width of [320, 1280]) {
  reading(`week and booking pages: no axe violations in either theme, at ${width}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    const page = await guest(lab, browser, width < 500 ? "a member" : "an administrator", { width, calm: true });
    for (const path of ["/book", "/book?what=rooms", "/book/machine:3", "/book/room:1", "/book/mine", "/bookings"]) {
      await page.goto(lab.url + path);
      await hydrated(page);
      await accessibleInBothThemes(page, `${path} at ${width}`);
    }
    await page.context().close();
  });
}
