// The life of a booking at a board: booked in two taps, begun with a card, made longer on the phone, and ended.

import type { Browser, Page } from "@playwright/test";
import { enter, expect, hydrated, type Lab, test } from "./lab.ts";

/** Sam Carter, who is the member of the demo. */
const SAM = "21324e73";
/** The board of a machine that nobody has booked. */
const NUMBER = "77";

async function guest(lab: Lab, browser: Browser, who: Parameters<typeof enter>[2], width = 390): Promise<Page> {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const page = await (await browser.newContext({ viewport, locale: "en-GB" })).newPage();
  await enter(lab, page, who);
  return page;
}

/** A printer of which no time is taken, so that the soonest is never more than a quarter of an hour away. Answers its id. */
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

test("a booking is begun with a card at the board, made longer on the phone, and ended", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const owner = await guest(lab, browser, "an administrator", 1280);
  const machine = await newPrinter(lab, owner);
  const boards = await lab.boards(NUMBER);
  const phone = await guest(lab, browser, "a member");
  const main = phone.getByRole("main");
  await phone.goto(`${lab.url}/book?what=machine:${machine}&minutes=60&when=soon`);
  await hydrated(phone);
  await phone.getByRole("radio").first().check({ force: true });
  await phone.getByRole("button", { name: "Book it" }).click();
  await phone.waitForURL(/\/bookings\/\d+/);
  await hydrated(phone);
  await expect(main.getByRole("button", { name: /^Check in/ })).toBeVisible();

  boards.say(`swipe ${NUMBER} ${SAM}`);
  await boards.until(/Sam Carter.*in use/);
  // Nobody loads anything again.
  await expect(main).toContainText("Checked in");
  await expect(main.getByRole("button", { name: /^Check in/ })).toHaveCount(0);
  const longer = main.getByRole("button", { name: /^Extend to/ });
  const until = /\d\d:\d\d/.exec(await longer.innerText())![0];
  await longer.click();
  await expect(main).toContainText(`Until ${until}`);
  await expect(main).toContainText("Checked in");

  // Whoever logs out fetches something: the time stays theirs until they give it back, or it is over.
  boards.say(`logout ${NUMBER}`);
  await boards.until(/Sam Carter.*logged out/);
  await owner.goto(`${lab.url}/machines/${machine}`);
  await expect(owner.getByRole("main")).not.toContainText(/In use(,| for)/);
  await expect(main).toContainText(`Until ${until}`);
  await main.getByRole("button", { name: /^End now/ }).click();
  await expect(main).toContainText(/completed/i);
  await phone.goto(`${lab.url}/book/mine`);
  await hydrated(phone);
  await expect(phone.getByRole("article")).toHaveCount(0);
  await expect(main.getByRole("listitem").filter({ hasText: "3D printer Clara" })).toContainText("completed");
  for (const page of [owner, phone]) await page.context().close();
});
