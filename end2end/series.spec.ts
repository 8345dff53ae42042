// Series in the browser: an admin of a group books every week, solves a date that was lost, and changes the time of the rest.

import { accessible, enter, expect, fits, hydrated, test } from "./lab.ts";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };

for (const javaScriptEnabled of [true, false]) {
  const way = javaScriptEnabled ? "with script" : "without script";
  test(`series on a phone: previewed, booked, a date skipped, the rest moved, ${way}`, async ({ lab, browser }) => {
    test.setTimeout(150_000);
    await lab.demo("--no-boards");
    const phone = await (await browser.newContext({ ...PHONE, javaScriptEnabled })).newPage();
    const ready = () => (javaScriptEnabled ? hydrated(phone) : Promise.resolve());
    await enter(lab, phone, "a member");
    const main = phone.getByRole("main");
    await phone.goto(`${lab.url}/series/new?group=1`);
    await ready();
    await main.getByLabel("Where").selectOption({ label: "Seminar room" });
    await main.getByLabel("Weekday").selectOption("sunday");
    await main.getByRole("textbox", { name: "From" }).fill("00:30");
    await main.getByRole("textbox", { name: "To" }).fill("23:30");
    await main.getByRole("button", { name: "Show the dates" }).click();
    await expect(main.getByRole("heading", { name: "New series in Seminar room" })).toBeVisible();
    await ready();
    // Longer than anybody may book at once.
    await expect(main.getByRole("heading", { name: "None of the dates is free" })).toBeVisible();
    await main.getByLabel("Weekday").selectOption("wednesday");
    await main.getByRole("textbox", { name: "From" }).fill("10:00");
    await main.getByRole("textbox", { name: "To" }).fill("12:00");
    await main.getByRole("button", { name: "Show the dates" }).click();
    await expect(main.getByRole("heading", { name: /dates are free/ })).toBeVisible();
    await ready();
    if (javaScriptEnabled) {
      await accessible(phone, "a new series");
      await fits(phone, "a new series");
    }
    await main.getByText("Every 2 weeks, monthly, or an RRULE").click();
    await main.getByLabel("Rule (RFC 5545)").fill("FREQ=HOURLY");
    await main.getByRole("button", { name: "Show the dates" }).click();
    await expect(main.getByText("A series takes place once a day at most").first()).toBeVisible();
    await ready();
    await main.getByLabel("Rule (RFC 5545)").fill("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE");
    await main.getByRole("button", { name: "Show the dates" }).click();
    await expect(main.getByRole("button", { name: /^Book \d+ dates$/ })).toBeVisible();
    await ready();
    await main.getByRole("button", { name: /^Book \d+ dates$/ }).click();
    await expect(main.getByRole("heading", { name: "Series", exact: true })).toBeVisible();
    await ready();
    if (javaScriptEnabled) await accessible(phone, "the list of series");
    await main.getByRole("link", { name: /^Seminar room\s*Wednesday, every 2 weeks/ }).click();
    await expect(main.getByRole("heading", { name: /^Seminar room, Wednesday, every 2 weeks/ })).toBeVisible();
    await ready();
    const coming = main.locator(".occ > li");
    const before = await coming.count();
    await coming.first().getByRole("button", { name: /^Skip/ }).click();
    await expect(coming).toHaveCount(before - 1);
    await ready();
    await main.getByRole("link", { name: "Change" }).click();
    await expect(main.getByRole("heading", { name: "Change the time" })).toBeVisible();
    await ready();
    await main.getByLabel("From").fill("10:30");
    await main.getByLabel("To", { exact: true }).fill("12:30");
    await main.getByText("This and the following").click();
    await main.getByRole("button", { name: "Show the dates" }).click();
    await expect(main.getByRole("button", { name: /^Change \d+ dates?$/ })).toBeVisible();
    await ready();
    if (javaScriptEnabled) {
      await accessible(phone, "a change of a series");
      await fits(phone, "a change of a series");
    }
    await main.getByRole("button", { name: /^Change \d+ dates?$/ }).click();
    await main.getByRole("link", { name: "Show the series" }).click();
    await ready();
    await expect(coming.first()).toContainText("10:30–12:30");
    await phone.context().close();
  });
}

test("lost date of a series is solved on its page", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext(PHONE)).newPage();
  await enter(lab, phone, "a member");
  const main = phone.getByRole("main");
  await phone.goto(`${lab.url}/series/1`);
  await hydrated(phone);
  await expect(main.getByRole("heading", { name: "One date can’t be held" })).toBeVisible();
  await expect(main.getByText("The heating in Studio B is repaired.").first()).toBeVisible();
  await accessible(phone, "a series");
  await fits(phone, "a series");
  await expect(main.getByText("The time is free again.")).toBeVisible();
  await main.getByRole("button", { name: "Book it again" }).click();
  await expect(main.getByRole("heading", { name: "One date can’t be held" })).toHaveCount(0);
  await phone.goto(`${lab.url}/series/999`);
  await expect(main.getByText("This series doesn’t exist.")).toBeVisible();
  await phone.context().close();
});
