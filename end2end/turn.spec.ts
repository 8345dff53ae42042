// Outcomes of a booking: begun at a board and ended, its machine out of service, handed over.

import type { Browser, Page } from "@playwright/test";
import { accessible, enter, expect, hydrated, type Lab, test } from "./lab.ts";

/** Sam Carter, the demo's member. */
const SAM = "21324e73";
/** The board of a machine without bookings. */
const NUMBER = "77";

async function guest(lab: Lab, browser: Browser, who: Parameters<typeof enter>[2], width = 390): Promise<Page> {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const page = await (await browser.newContext({ viewport, locale: "en-GB" })).newPage();
  await enter(lab, page, who);
  return page;
}

/**
 * A printer without bookings, so that the soonest time is never more than a quarter of an hour away. Returns its id.
 */
async function newPrinter(lab: Lab, owner: Page) {
  await owner.goto(`${lab.url}/machines/new`);
  await hydrated(owner);
  await owner.locator("#name").fill("3D printer Clara");
  await owner.locator("#kind").fill("3D printer");
  await owner.locator("#number").fill(NUMBER);
  await owner.getByRole("main").getByRole("button", { name: "Add a machine" }).click();
  await owner.waitForURL(/\/machines\/\d+$/);
  return owner.url().split("/").pop()!;
}

test("booking: started by card at the board, extended on the phone, ended", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const owner = await guest(lab, browser, "an administrator", 1280);
  const machine = await newPrinter(lab, owner);
  const boards = await lab.boards(NUMBER);
  const phone = await guest(lab, browser, "a member");
  const main = phone.getByRole("main");
  const soonest = phone.getByRole("radio").first();
  // Not one that begins while it is being selected.
  await expect(async () => {
    await phone.goto(`${lab.url}/book?what=machine:${machine}&minutes=60&when=soon`);
    await hydrated(phone);
    expect(Number((await soonest.inputValue()).split("@")[1])).toBeGreaterThan(Date.now() + 10_000);
  }).toPass();
  await soonest.check({ force: true });
  await phone.getByRole("button", { name: "Book time" }).click();
  await phone.waitForURL(/\/bookings\/\d+/);
  await hydrated(phone);
  await expect(main.getByRole("button", { name: /^Check in/ })).toBeVisible();

  boards.say(`swipe ${NUMBER} ${SAM}`);
  await boards.until(/Sam Carter.*in use/);
  // Without a reload.
  await expect(main).toContainText("Checked in");
  await expect(main.getByRole("button", { name: /^Check in/ })).toHaveCount(0);
  const longer = main.getByRole("button", { name: /^Extend to/ });
  const until = /\d\d:\d\d/.exec(await longer.innerText())![0];
  await longer.click();
  await expect(main).toContainText(`Until ${until}`);
  await expect(main).toContainText("Checked in");

  // Logging out early is only a break: the time stays theirs until they give it back, or it is over.
  boards.say(`logout ${NUMBER}`);
  await boards.until(/Sam Carter.*logged out/);
  await owner.goto(`${lab.url}/machines/${machine}`);
  await expect(owner.getByRole("main")).not.toContainText(/In use(,| for)/);
  await expect(main).toContainText(`Until ${until}`);
  await main.getByRole("button", { name: /^End now/ }).click();
  await expect(main).toContainText(/completed/i);
  await phone.goto(`${lab.url}/book/mine`);
  await hydrated(phone);
  await expect(phone.getByRole("article", { name: "3D printer Clara" })).toHaveCount(0);
  await expect(main.getByRole("listitem").filter({ hasText: "3D printer Clara" })).toContainText("completed");
  for (const page of [owner, phone]) await page.context().close();
});

/**
 * Books the second of the free times of `machine`: an hour away at least, and within two days. Leaves `page` on the
 * booking.
 */
async function book(lab: Lab, page: Page, machine: string) {
  await page.goto(`${lab.url}/book?what=machine:${machine}&minutes=60&when=soon`);
  await hydrated(page);
  await page.getByRole("radio").nth(1).check({ force: true });
  await page.getByRole("button", { name: "Book time" }).click();
  await page.waitForURL(/\/bookings\/\d+/);
  await hydrated(page);
}

test("machine reported unsafe: each of three holders gets one notice and moves with one tap", async ({ lab, browser }) => {
  test.setTimeout(180_000);
  await lab.demo("--no-boards");
  const owner = await guest(lab, browser, "an administrator", 1280);
  const machine = await newPrinter(lab, owner);
  const holders = [await guest(lab, browser, "a member"), await guest(lab, browser, "a trainer"), owner];
  for (const page of holders) await book(lab, page, machine);

  // Another person, who comes by an invitation.
  const admin = await owner.context().newPage();
  await admin.goto(`${lab.url}/people/invite`);
  await hydrated(admin);
  await admin.getByLabel("Name").first().fill("Ida Neumann");
  await admin.getByLabel("E-mail").first().fill("ida@example.org");
  await admin.getByRole("main").getByRole("button", { name: "Invite person", exact: true }).click();
  await expect(admin.getByRole("status").filter({ hasText: "caught on this computer" })).toBeVisible();
  let link: string | undefined;
  await expect(async () => {
    link = /\/link\/[\w-]+/.exec(await (await admin.request.get(`${lab.url}/demo/mail`)).text())?.[0];
    expect(link).toBeTruthy();
  }).toPass();
  await admin.close();
  const reporter = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  await reporter.goto(lab.url + link);
  await hydrated(reporter);
  await reporter.getByLabel("Choose a password").fill("walnut-orbit-lantern-9");
  await reporter.getByRole("main").getByRole("button").last().click();
  await reporter.waitForURL(`${lab.url}/me`);
  await reporter.goto(`${lab.url}/machines/${machine}/report`);
  await hydrated(reporter);
  await reporter.getByLabel("What happened?").fill("The bed is live.");
  await reporter.getByRole("radio", { name: /^Unsafe/ }).check();
  await reporter.getByRole("button", { name: "Send report" }).click();
  await expect(reporter.getByRole("main")).toContainText("The machine is blocked.");

  const desk = await owner.context().newPage();
  await desk.goto(`${lab.url}/machines/${machine}`);
  await hydrated(desk);
  await desk.getByRole("link", { name: "Affected bookings" }).click();
  await desk.waitForURL("**/outage");
  const affected = desk.getByRole("listitem").filter({ has: desk.getByRole("link", { name: /^Rebook:/ }) });
  await expect(affected).toHaveCount(3);
  await accessible(desk, "affected bookings");

  // Without a reload; each takes the first alternative, and one that is taken is not offered to the next.
  for (const page of holders) {
    const main = page.getByRole("main");
    await expect(main).toContainText("3D printer Clara is out of service");
    await main.getByRole("button", { name: "Move my booking" }).click();
    await page.waitForURL(/\?moved/);
    await expect(main).not.toContainText("is out of service");
    await expect(main).toContainText(/3D printer (Anna|Berta)/);
    await expect(main).toContainText("Approved");
  }
  await expect(affected).toHaveCount(0);
  await expect(desk.getByRole("listitem").filter({ hasText: "Rebooked" })).toHaveCount(3);
  for (const page of holders) {
    await page.goto(`${lab.url}/notices?show=all`);
    await hydrated(page);
    const told = page.getByRole("main").getByRole("listitem").filter({ hasText: "Out of service during your booking: 3D printer Clara" });
    await expect(told).toHaveCount(1);
  }
  for (const page of [...holders, reporter]) await page.context().close();
});

test("booking hand-over: offered and accepted", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const holder = await guest(lab, browser, "a member");
  // The demo's trainer has visitors at times that depend on when this runs; its administrator is free at night.
  const taker = await guest(lab, browser, "an administrator");
  await book(lab, holder, "10");
  const main = holder.getByRole("main");
  await main.getByText("Hand over", { exact: true }).click();
  await main.getByLabel("Who takes it").fill("Nobody Here");
  await main.getByRole("button", { name: /^Offer booking/ }).click();
  await expect(main).toContainText("Nobody with this name or address can take the booking.");
  await expect(main.getByLabel("Who takes it"), "A24").toHaveValue("Nobody Here");
  await main.getByLabel("Who takes it").fill("marta ferri");
  await main.getByRole("button", { name: /^Offer booking/ }).click();
  await expect(main).toContainText("Offered to Marta Ferri");
  await accessible(holder, "a booking that is offered");

  await taker.goto(`${lab.url}/notices`);
  await hydrated(taker);
  await taker.getByRole("listitem").filter({ hasText: "A booking is offered to you" }).locator("button.t").click();
  await taker.waitForURL(/\/bookings\/\d+/);
  await hydrated(taker);
  await expect(taker.getByRole("main")).toContainText("Sam Carter offers you this booking");
  await accessible(taker, "an offer");
  await taker.getByRole("button", { name: /^Take booking/ }).click();
  await expect(taker.getByRole("main")).not.toContainText("offers you this booking");
  for (const [page, count] of [[holder, 0], [taker, 1]] as const) {
    await page.goto(`${lab.url}/book/mine`);
    await hydrated(page);
    await expect(page.getByRole("article").filter({ hasText: "Sewing machine 1" })).toHaveCount(count);
  }
  for (const page of [holder, taker]) await page.context().close();
});
