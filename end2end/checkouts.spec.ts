// Checkouts: a member requests a slot with a trainer, nobody else gets it, and the trainer's result opens the
// machine.

import type { Browser, Page } from "@playwright/test";
import { accessible, choose, enter, expect, hydrated, test } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** Lathes, on which the demo's member and trainer are not qualified, and one of them. */
const [SLOTS, LATHE] = ["/checkouts/types/7", "/machines/8"];

async function guest(lab: Lab, browser: Browser, who: Parameters<typeof enter>[2], width = 1280, script = true): Promise<Page> {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const page = await (await browser.newContext({ viewport, locale: "en-GB", javaScriptEnabled: script })).newPage();
  await enter(lab, page, who);
  return page;
}

test("requested slot: disappears for others at once; a recorded result opens the machine", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await guest(lab, browser, "a member", 390);
  const other = await guest(lab, browser, "a trainer", 390);
  const desk = await guest(lab, browser, "an administrator");
  await phone.goto(lab.url + LATHE);
  await expect(phone.getByRole("main")).not.toContainText("You may use it");
  for (const page of [phone, other]) {
    await page.goto(lab.url + SLOTS);
    await hydrated(page);
  }
  await accessible(phone, "the times");
  await desk.goto(`${lab.url}/checkouts`);
  await hydrated(desk);

  // Each is offered slots that fit their own bookings; the last one is days ahead, at whatever hour this runs.
  const wanted = other.getByRole("radio").last();
  const value = (await wanted.getAttribute("value")) ?? "";
  await choose(phone, value);
  await phone.getByRole("button", { name: "Request this time" }).click();
  await phone.waitForURL(/checkouts\/\d+$/);
  await expect(phone.getByRole("main")).toContainText("Waiting for an answer");
  // Without a reload.
  await expect(other.locator(".times .gone")).toHaveText(/Just taken/);
  await expect(other.locator(`input[value="${value}"]`)).toHaveCount(0);
  await desk.getByRole("button", { name: "Accept: Sam Carter" }).click();
  await expect(phone.getByRole("main")).toContainText("Accepted");
  await accessible(phone, "an appointment");
  await accessible(desk, "the day");

  await desk.getByRole("link", { name: "Record a checkout" }).click();
  await desk.waitForURL("**/checkouts/new");
  await hydrated(desk);
  await desk.getByRole("button", { name: "Record checkout" }).click();
  await expect(desk.getByLabel("Member"), "A24").toBeFocused();
  await expect(desk.locator("#person-list option[value='Sam Carter']"), "members are suggested").toHaveCount(1);
  await desk.getByLabel("Member").fill("sam carter");
  await desk.getByLabel("Type").selectOption({ label: "Lathe" });
  await desk.getByText("Pass", { exact: true }).click();
  await accessible(desk, "on the spot");
  await desk.getByRole("button", { name: "Record checkout" }).click();
  await desk.waitForURL(/checkouts\/\d+$/);
  await expect(phone.getByRole("main")).toContainText("Passed");
  await phone.goto(lab.url + LATHE);
  await expect(phone.getByRole("main")).not.toContainText("qualif");
  for (const page of [phone, other, desk]) await page.context().close();
});

test("checklist on a phone: passes only when completed and signed", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const owner = await guest(lab, browser, "an administrator");
  const phone = await guest(lab, browser, "a trainer", 390);
  await phone.goto(`${lab.url}/checkouts/new`);
  await hydrated(phone);
  await phone.getByLabel("Member").fill("Sam Carter");
  await phone.getByLabel("Type").selectOption({ label: "Saw" });
  await phone.getByRole("button", { name: "Record checkout" }).click();
  await phone.waitForURL(/checkouts\/\d+$/);
  await expect(phone.getByRole("main")).toContainText("0 of 8");
  await accessible(phone, "the checklist");
  await expect(phone.getByRole("button", { name: "Pass" })).toHaveAttribute("aria-disabled", "true");

  // In quick succession: no tap is lost.
  const required = ["Checks the board", "Extraction on", "Stands beside", "Push stick", "Knows the emergency"];
  for (const step of required) await phone.getByRole("button", { name: new RegExp(`^${step}`) }).click();
  await expect(phone.getByRole("main")).toContainText("5 of 8");
  await expect(phone.getByRole("main")).toContainText("all required seen");
  await phone.getByRole("button", { name: "Practise: Supports long boards on the way out" }).click();
  await phone.getByRole("link", { name: /Note or photo: Supports/ }).click();
  await phone.getByLabel("Note on this step").fill("Let go too early.");
  await phone.getByRole("button", { name: "Save note" }).click();
  await expect(phone.locator(".more .note")).toHaveText("Let go too early.");
  await phone.getByRole("link", { name: "Done", exact: true }).click();

  // A change of the list meanwhile applies to the next checkout.
  await owner.goto(`${lab.url}/types/5/checklist`);
  await hydrated(owner);
  await accessible(owner, "the list");
  await owner.getByRole("textbox", { name: "Steps" }).fill("# Alone");
  await owner.getByRole("button", { name: "Save checklist" }).click();
  await expect(owner.locator(".error")).toContainText("Line 1 is a heading without a step below it.");
  await owner.getByRole("textbox", { name: "Steps" }).fill("! One step");
  await owner.getByRole("button", { name: "Save checklist" }).click();
  await expect(owner.getByText("The checklist is saved.")).toBeVisible();
  await expect(phone.getByRole("main")).toContainText("5 of 8");

  await expect(phone.getByRole("main")).toContainText("Sign as the trainer to pass.");
  await phone.getByRole("button", { name: /^Tap to sign: Jonas/ }).click();
  await phone.getByRole("button", { name: "Not yet" }).click();
  await accessible(phone, "not yet");
  await phone.getByRole("button", { name: "Back" }).click();
  await phone.getByRole("button", { name: "Pass" }).click();
  await expect(phone.getByRole("main")).toContainText("Steps to practise");
  for (const page of [phone, owner]) await page.context().close();
});

test("checklist without script: completed and signed", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const phone = await guest(lab, browser, "a trainer", 390, false);
  await phone.goto(`${lab.url}/checkouts/new`);
  await phone.getByLabel("Member").fill("Sam Carter");
  await phone.getByLabel("Type").selectOption({ label: "Saw" });
  await phone.getByRole("button", { name: "Record checkout" }).click();
  await phone.waitForURL(/checkouts\/\d+$/);
  await phone.getByRole("button", { name: /^Checks the board/ }).click();
  await expect(phone.getByRole("main")).toContainText("1 of 8");
  await phone.getByRole("button", { name: /^Checks the board/ }).click();
  await expect(phone.getByRole("main"), "the same button takes it back").toContainText("0 of 8");
  await phone.getByRole("button", { name: /^Tap to sign: Jonas/ }).click();
  await expect(phone.locator(".signature[aria-pressed=true] .name")).toContainText("Jonas");
  await phone.context().close();
});

test("checkout on a phone without script: requested, moved and cancelled", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const mine = await guest(lab, browser, "a member", 390, false);
  await mine.goto(lab.url + SLOTS);
  await mine.getByRole("button", { name: "Request this time" }).click();
  await mine.waitForURL(/checkouts\/\d+$/);
  const first = await mine.locator(".when").innerText();
  await mine.getByRole("link", { name: "Reschedule" }).click();
  await mine.getByRole("button", { name: "Move to this time" }).click();
  await mine.waitForURL(/checkouts\/\d+$/);
  expect(await mine.locator(".when").innerText()).not.toBe(first);
  await mine.getByRole("button", { name: /Cancel checkout/ }).click();
  await expect(mine.getByRole("main")).toContainText("Cancelled");
  await mine.context().close();
});

test("availability rule: makes slots; one without room is refused with its input", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const desk = await guest(lab, browser, "a trainer");
  await desk.goto(`${lab.url}/availability`);
  await hydrated(desk);
  await accessible(desk, "availability");
  // As many as there are on the coming days, including today until its hours are past.
  const times = Number(/\b(\d+) slots(?! of)/.exec(await desk.getByRole("main").innerText())?.[1]);
  expect(times).toBeGreaterThan(20);
  await desk.getByLabel("From").fill("18:00");
  await desk.getByLabel("To", { exact: true }).fill("18:00");
  await desk.getByRole("button", { name: "Add times" }).click();
  await expect(desk.getByText("The end must be after the start.")).toBeVisible();
  await expect(desk.getByLabel("From"), "A24").toHaveValue("18:00");
  await desk.getByLabel("Day", { exact: true }).selectOption("2");
  await desk.getByLabel("To", { exact: true }).fill("19:00");
  await desk.getByRole("button", { name: "Add times" }).click();
  // Two slots on each coming Wednesday, including today until they are past; a checkout may occupy one of them.
  const wall = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Rome", weekday: "short", hour: "2-digit" }).formatToParts();
  const part = (type: string) => wall.find((part) => part.type === type)!.value;
  const more = part("weekday") === "Wed" && Number(part("hour")) < 18 ? 8 : 6;
  await expect(desk.getByRole("main")).toContainText(new RegExp(`(?<!\\d)(?:${times + more - 1}|${times + more}) slots`));
  await desk.getByRole("button", { name: /^Remove: Wed/ }).click();
  await expect(desk.getByRole("main")).toContainText(`${times} slots`);
  await desk.context().close();
});

test("rule drawn on the week: saved by key, moved by arrows and removed", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await guest(lab, browser, "a trainer");
  await desk.goto(`${lab.url}/availability`);
  await hydrated(desk);
  await desk.getByRole("link", { name: "Next week" }).click();
  await expect(desk).toHaveURL(/week=/);
  const bar = desk.locator(".savebar");
  const day = desk.locator(".avail .d:not([data-closed]):not(:has(.cell))").first();
  await day.scrollIntoViewIfNeeded();
  const box = (await day.boundingBox())!;
  const [x, at] = [box.x + box.width / 2, (part: number) => box.y + box.height * part];
  await desk.mouse.move(x, at(0.3));
  await desk.mouse.down();
  await desk.mouse.move(x, at(0.4));
  await desk.mouse.move(x, at(0.5));
  await expect(bar).toContainText("New: Every");
  await desk.mouse.up();
  const [from, to] = [desk.getByLabel("From"), desk.getByLabel("To")];
  await expect(desk).toHaveURL(/day=.*from=/);
  const drawn = `${await from.inputValue()}–${await to.inputValue()}`;
  await expect(bar).toContainText(drawn);
  await accessible(desk, "a rule that is drawn");
  await desk.keyboard.press("Control+s");
  await expect(desk).toHaveURL(/\/availability$/);
  await expect(bar).toHaveCount(0);
  const row = desk.getByRole("listitem").filter({ has: desk.getByRole("link", { name: drawn }) }).last();
  await row.getByRole("link", { name: drawn }).click();
  await expect(desk).toHaveURL(/rule=/);
  await hydrated(desk);
  const rule = desk.locator(".avail .rule[aria-current]").first();
  await rule.press("ArrowDown");
  await expect(bar).toContainText("Changed: Every");
  await expect(from).not.toHaveValue(drawn.slice(0, 5));
  await bar.getByRole("link", { name: "Discard" }).click();
  await expect(bar).toHaveCount(0);
  await row.getByRole("button", { name: /^Remove/ }).click();
  await expect(desk.getByRole("link", { name: drawn })).toHaveCount(0);
  await desk.context().close();
});
