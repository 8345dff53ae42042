// The whole path of a member to a machine: from “You can’t yet” on its page to a card that its board accepts.

import type { Browser, Page } from "@playwright/test";
import { enter, expect, hydrated, type Lab, test } from "./lab.ts";
import { arrange, RIGHT } from "./quiz.ts";

/** The lathe has a board, and neither the demo's member nor its trainer is qualified on it. */
const LATHE = "/machines/8";
/** Sam Carter, the demo's member. */
const SAM = "21324e73";

async function guest(lab: Lab, browser: Browser, who: Parameters<typeof enter>[2], width = 1280): Promise<Page> {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const page = await (await browser.newContext({ viewport, locale: "en-GB" })).newPage();
  await enter(lab, page, who);
  return page;
}

/** The lathe requires the demo's module, and Jonas Weber trains on it. */
async function prepare(lab: Lab, browser: Browser) {
  const owner = await guest(lab, browser, "an administrator");
  await owner.goto(`${lab.url}/modules/1`);
  await hydrated(owner);
  await owner.getByLabel("Machine or type").selectOption({ label: "Lathe" });
  await owner.getByRole("button", { name: "Require module" }).click();
  await expect(owner.locator(".rows").filter({ hasText: "Lathe" })).toContainText("90%");
  await owner.goto(`${lab.url}/people/2/qualifications`);
  await hydrated(owner);
  await owner.locator("summary", { hasText: /^Grant qualification$/ }).first().click();
  await owner.getByLabel("Qualification", { exact: true }).first().selectOption({ label: "Lathe · trainer" });
  await owner.getByRole("button", { name: "Grant qualification" }).click();
  await expect(owner.getByRole("row").filter({ hasText: "Lathe" })).toContainText("trainer");
  await owner.context().close();
}

test("“You can’t yet”: video, quiz, checkout, and an accepted swipe", async ({ lab, browser }) => {
  test.setTimeout(240_000);
  await lab.demo("--no-boards");
  await prepare(lab, browser);
  const phone = await guest(lab, browser, "a member", 390);
  const trainer = await guest(lab, browser, "a trainer");
  const boards = await lab.boards("8");
  boards.say(`swipe 8 ${SAM}`);
  await boards.until(/Sam Carter.*refused: may not use this machine/);

  // The demo invites them to a session; this path leads to a trainer of their own.
  await phone.goto(`${lab.url}/events/1/invitation`);
  await hydrated(phone);
  await phone.getByRole("button", { name: "Decline" }).click();
  await expect(phone.getByRole("main")).toContainText("You declined");

  await phone.goto(lab.url + LATHE);
  await hydrated(phone);
  const main = phone.getByRole("main");
  await expect(main).toContainText("You can’t yet");
  await main.getByRole("link", { name: /^Watch the video/ }).click();
  await phone.waitForURL("**/learn/1");
  await hydrated(phone);
  await phone.locator("video").evaluate(async (video: HTMLVideoElement) => {
    video.muted = true;
    await video.play();
  });
  const left = phone.locator(".coverage .left");
  const percent = async () => Number(/(\d+)% watched/.exec(await left.innerText())?.[1] ?? 100);
  await expect.poll(percent, { timeout: 60_000 }).toBeGreaterThanOrEqual(90);

  await main.getByRole("link", { name: "Take the quiz" }).click();
  await phone.waitForURL("**/learn/1/quiz");
  await hydrated(phone);
  await phone.getByRole("button", { name: "Start the quiz" }).click();
  let before = "";
  for (let number = 1; number <= 3; number++) {
    await expect(phone.getByText(`${number} of 3`)).toBeVisible();
    // The next question is shown, not the answered one.
    await expect(phone.locator("legend")).not.toHaveText(before);
    const ask = (before = await phone.locator("legend").innerText());
    if (ask.startsWith("Put the steps")) {
      await arrange(phone, RIGHT[ask]!);
    } else {
      for (const words of RIGHT[ask]!) await phone.getByLabel(words, { exact: true }).check();
      for (const words of RIGHT[ask]!) await expect(phone.getByLabel(words, { exact: true })).toBeChecked();
    }
    await phone.getByRole("button", { name: number === 3 ? "Hand in" : "Next question" }).click();
  }
  await expect(main).toContainText("Quiz passed");
  boards.say(`swipe 8 ${SAM}`);
  await boards.until(/Sam Carter.*refused[^]*Sam Carter.*refused: may not use this machine/);

  await phone.goto(lab.url + LATHE);
  await hydrated(phone);
  await main.getByRole("link", { name: "Choose a checkout time" }).first().click();
  await phone.waitForURL("**/checkouts/types/7");
  await hydrated(phone);
  // Amara Okafor trains on it too; the last of Jonas's slots is days ahead, at whatever hour this runs.
  await main.getByRole("radio", { name: "Jonas" }).last().check({ force: true });
  await main.getByRole("button", { name: "Request this time" }).click();
  await phone.waitForURL(/checkouts\/\d+$/);
  await expect(main).toContainText("Waiting for an answer");
  await trainer.goto(`${lab.url}/checkouts`);
  await hydrated(trainer);
  await trainer.getByRole("button", { name: "Accept: Sam Carter" }).click();
  await expect(main).toContainText("Accepted");
  boards.say(`swipe 8 ${SAM}`);
  await boards.until(/(Sam Carter.*refused[^]*){3}/);

  // They meet in the workshop earlier than that.
  await trainer.getByRole("link", { name: "Record a checkout" }).click();
  await trainer.waitForURL("**/checkouts/new");
  await hydrated(trainer);
  await trainer.getByLabel("Member").fill("Sam Carter");
  await trainer.getByLabel("Type").selectOption({ label: "Lathe" });
  await trainer.getByText("Pass", { exact: true }).click();
  const tapped = Date.now();
  await trainer.getByRole("button", { name: "Record checkout" }).click();
  await expect(main).toContainText("Passed", { timeout: 2_000 });
  boards.say(`swipe 8 ${SAM}`);
  await boards.until(/Sam Carter.*in use/, 2);
  const took = Date.now() - tapped;
  console.log(`from the trainer's tap to the swipe that is let in: ${took} ms`);
  expect(took).toBeLessThan(2_000);
  boards.say("show 8");
  await boards.until(/green/);
  await phone.goto(lab.url + LATHE);
  await expect(main).not.toContainText("You can’t yet");
  for (const page of [phone, trainer]) await page.context().close();
});

/** The day and the clock of the demo's zone, some minutes from now. */
function clock(minutes: number) {
  const at = new Date(Date.now() + minutes * 60_000);
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Rome", hourCycle: "h23", ...options }).format(at);
  return { day: part({ year: "numeric", month: "2-digit", day: "2-digit" }), time: part({ hour: "2-digit", minute: "2-digit" }) };
}

test("training event: announced, accepted on a phone, and who passed is let in at once", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await guest(lab, browser, "a member", 390);
  const host = await guest(lab, browser, "an administrator", 390);
  const boards = await lab.boards("8");
  boards.say(`swipe 8 ${SAM}`);
  await boards.until(/Sam Carter.*refused: may not use this machine/);
  // The demo invites them to a later session, and a person has one place.
  await phone.goto(`${lab.url}/events/1/invitation`);
  await hydrated(phone);
  await phone.getByRole("button", { name: "Decline" }).click();
  await expect(phone.getByRole("main")).toContainText("You declined");

  const [from, to] = [clock(10), clock(40)];
  await host.goto(`${lab.url}/events/new?kind=7&aim=user&day=${from.day}&from=${from.time}&to=${to.time}`);
  await hydrated(host);
  for (const box of await host.getByRole("group", { name: "Machines and rooms" }).getByRole("checkbox", { checked: true }).all()) await box.uncheck({ force: true });
  await host.getByLabel("Title").fill("Lathe at once");
  await host.getByRole("spinbutton", { name: "Places" }).fill("12");
  await host.getByRole("button", { name: /^Announce and invite/ }).click();
  await host.waitForURL(/\/events(\/\d+)?$/);
  await host.goto(`${lab.url}/events`);
  await hydrated(host);
  await host.getByRole("link", { name: /Lathe at once/ }).first().click();
  await host.waitForURL(/\/events\/\d+$/);
  const event = new URL(host.url()).pathname;
  await expect(host.getByRole("main")).toContainText("Sam Carter");

  await phone.goto(`${lab.url}${event}/invitation`);
  await hydrated(phone);
  await phone.getByRole("button", { name: "Accept" }).click();
  await expect(phone.getByRole("main")).toContainText("You’re signed up");

  await host.goto(`${lab.url}${event}/results`);
  await hydrated(host);
  await host.getByRole("link", { name: "Everyone present passed" }).click();
  const tapped = Date.now();
  await host.getByRole("button", { name: /^Save \d+ results?$/ }).click();
  await host.waitForURL(`${lab.url}${event}`);
  boards.say(`swipe 8 ${SAM}`);
  await boards.until(/Sam Carter.*in use/, 5);
  console.log(`from the results to the swipe that is let in: ${Date.now() - tapped} ms`);
  for (const page of [phone, host]) await page.context().close();
});
