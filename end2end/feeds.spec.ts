// A calendar feed, read by an external program: it contains the bookings, moved and cancelled ones too.

import { spawnSync } from "node:child_process";
import { accessible, chooseLast, enter, expect, hydrated, test } from "./lab.ts";

/** Debian's `icalendar`, which reads a calendar and prints a line per entry. */
const READER = `
import icalendar, json, sys
from datetime import timezone
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
assert not calendar.errors, calendar.errors
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    at = lambda name: event[name].dt.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(json.dumps([event["UID"], at("DTSTART"), at("DTEND"), event["STATUS"], int(event["SEQUENCE"])]))
`;

type Entry = [uid: string, starts: string, ends: string, status: string, sequence: number];
type Booking = { id: number; start: string; end: string; state: string; sequence: number };

function read(calendar: string): Entry[] {
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", ["-c", READER], { input: calendar, encoding: "utf8" });
  expect(status, `python3-icalendar: ${stderr}`).toBe(0);
  return stdout.trim().split("\n").map((line) => JSON.parse(line) as Entry);
}

const STATUS: Record<string, string> = { approved: "CONFIRMED", cancelled: "CANCELLED" };

test("calendar feed: an external program reads the current bookings", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  await enter(lab, phone, "a member");
  const main = phone.getByRole("main");
  // Three, the last free times of three machines: one stays, one is moved, one is cancelled.
  const made: number[] = [];
  for (const machine of [3, 4, 10]) {
    await phone.goto(`${lab.url}/book?what=machine:${machine}&minutes=30&when=soon`);
    await hydrated(phone);
    await chooseLast(phone);
    await phone.getByRole("button", { name: "Book time" }).click();
    await phone.waitForURL(/\/bookings\/\d+/);
    made.push(Number(/\d+$/.exec(new URL(phone.url()).pathname)![0]));
  }

  await phone.goto(`${lab.url}/me/calendar`);
  await hydrated(phone);
  await main.getByLabel("What it shows").selectOption({ label: "My bookings and checkouts" });
  await main.getByRole("button", { name: "Create address" }).click();
  const address = await main.getByLabel("Address", { exact: true }).inputValue();
  expect(address).toMatch(/\/calendar\/[\w-]{43}\.ics$/);
  await accessible(phone, "a calendar address");

  // The address is the only credential.
  const subscribed = async () => {
    const answer = await fetch(address);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/calendar; charset=utf-8"]);
    return read(await answer.text()).filter(([uid]) => uid.startsWith("booking-"));
  };
  const expected = async (): Promise<Entry[]> => {
    const bookings: Booking[] = [];
    for (const id of made) bookings.push((await (await phone.request.get(`${lab.url}/api/v1/bookings/${id}`)).json()) as Booking);
    return bookings.map((kept) => [`booking-${kept.id}`, kept.start, kept.end, STATUS[kept.state]!, kept.sequence]);
  };
  /** Those created here: the demo's member has past ones. */
  const compared = async () => {
    const entries = (await subscribed()).map(([uid, ...rest]) => [uid.split("@")[0], ...rest] as Entry);
    expect(new Set(entries.map(([uid]) => uid)).size, "one entry for each").toBe(entries.length);
    const found = made.map((id) => entries.find(([uid]) => uid === `booking-${id}`));
    expect(found).toEqual(await expected());
    return found.map((entry) => entry!.slice(3));
  };
  expect(await compared()).toEqual([["CONFIRMED", 0], ["CONFIRMED", 0], ["CONFIRMED", 0]]);

  await phone.goto(`${lab.url}/bookings/${made[1]}`);
  await hydrated(phone);
  await main.getByRole("link", { name: /^Move/ }).click();
  await phone.waitForURL(/move=\d+/);
  await hydrated(phone);
  await main.getByRole("button", { name: "Move booking" }).click();
  await phone.waitForURL(/\?moved/);
  await phone.goto(`${lab.url}/bookings/${made[2]}`);
  await hydrated(phone);
  await main.getByRole("button", { name: /^Cancel/ }).first().click();
  await phone.getByRole("dialog").getByRole("button", { name: /^Cancel/ }).click();
  await expect(main).toContainText("Cancelled");
  const [same, moved, gone] = await compared();
  expect(same).toEqual(["CONFIRMED", 0]);
  expect([moved![0], gone![0]]).toEqual(["CONFIRMED", "CANCELLED"]);
  for (const [, sequence] of [moved!, gone!]) expect(sequence, "programs follow what counts up").toBeGreaterThan(0);

  await phone.goto(`${lab.url}/me/calendar`);
  await hydrated(phone);
  await expect(main).toContainText(/last read/);
  await main.getByRole("button", { name: /^Revoke/ }).click();
  await expect(main).toContainText("No calendar addresses yet");
  expect((await fetch(address)).status).toBe(404);
  await phone.context().close();
});
