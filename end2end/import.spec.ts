// A list of 300 members with 12 invalid lines: previewed, applied once, and imported again; on desktop and phone.
// And a table of bookings, in the same steps.

import { accessible, enter, expect, fits, hydrated, test } from "./lab.ts";

const LINES = Array.from({ length: 300 }, (_, n) => {
  const faulty = n % 25 === 7;
  return `M${n};Member ${n};${faulty ? `member ${n}` : `member${n}@example.org`}`;
});
const LIST = ["Codice;Nome;E-mail", ...LINES].join("\r\n");

for (const [viewport, javaScriptEnabled] of [[{ width: 1280, height: 800 }, true], [{ width: 390, height: 844 }, false]] as const) {
  test(`list of 300 members with 12 invalid lines: imported once, at ${viewport.width}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const context = await browser.newContext({ viewport, javaScriptEnabled, locale: "en-GB" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    const main = page.getByRole("main");
    const file = { name: "members.csv", mimeType: "text/csv", buffer: Buffer.from(LIST, "latin1") };
    const bring = async (upload: typeof file) => {
      await page.goto(`${lab.url}/import`);
      if (javaScriptEnabled) await hydrated(page);
      await page.locator("#file").setInputFiles(upload);
      await page.getByRole("button", { name: "Preview import: A file" }).click();
    };

    await bring({ ...file, buffer: Buffer.from([0x50, 0x4b, 3, 4, 0, 1]) });
    await expect(main).toContainText("This is not a text file, or its letters can’t be read.");
    await bring({ ...file, buffer: Buffer.alloc(5_000_000, "a") });
    await expect(main, "said beforehand by the browser, and answered with the way back").toContainText("The file is larger than 4 MB.");
    await bring(file);
    await page.waitForURL("**file=*");
    await expect(main.getByRole("row").nth(1), "the faulty first").toContainText("Not an e-mail address.");
    await expect(main).toContainText("12 lines with errors are skipped");
    await main.getByRole("button", { name: "Apply 288 changes" }).click();
    await expect(page.getByRole("status").filter({ hasText: "288 new members" })).toBeVisible();

    await bring(file);
    await expect(main).toContainText("no change");
    await expect(main.getByRole("button", { name: /^Apply(?! mapping)/ })).toHaveCount(0);
    await fits(page);

    if (javaScriptEnabled) {
      await page.goto(`${lab.url}/export`);
      await hydrated(page);
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download people.csv" }).click();
      expect((await coming).suggestedFilename()).toBe("people.csv");
      await main.getByLabel("Machine", { exact: true }).fill("laser");
      const sheet = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download uses.xlsx" }).click();
      expect((await sheet).suggestedFilename()).toBe("uses.xlsx");
    }
    await context.close();
  });
}

test("bookings of another system: previewed, imported once, and skipped the second time", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  const main = page.getByRole("main");
  // Before anybody of the demo books anything, and without a clock change.
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Europe/Rome" });
  const table = [
    "resource;person;start;end",
    `3D printer Anna;Marta Ferri;${day(2)} 05:00;${day(2)} 06:00`,
    `Printing press;Marta Ferri;${day(2)} 05:00;${day(2)} 06:00`,
    `3D printer Berta;Marta Ferri;${day(-2)} 05:00;${day(-2)} 06:00`,
    `Sewing machine 1;Jonas Weber;${day(3)} 05:00;${day(3)} 06:00`,
  ].join("\n");
  const from = new Date(Date.now() + 86_400_000).toISOString();
  const early = async () => {
    const answer = await page.request.get(`${lab.url}/api/v1/bookings`, { params: { resource: "machine:3", from, limit: "50" } });
    const { items } = (await answer.json()) as { items: { start: string; person_name: string }[] };
    return items.filter(({ start, person_name }) => person_name === "Marta Ferri" && /T0[34]:/.test(start)).length;
  };
  const look = async () => {
    await page.goto(`${lab.url}/import/bookings`);
    await hydrated(page);
    await main.getByLabel("Table").fill(table);
    await main.getByRole("button", { name: "Check", exact: true }).click();
  };

  await look();
  await expect(main).toContainText("2 bookings to import");
  await expect(main).toContainText("2 lines are left out");
  await expect(main.getByRole("listitem").filter({ hasText: "Line 3" })).toContainText("No machine or room has this name");
  await expect(main.getByRole("listitem").filter({ hasText: "Line 4" })).toContainText("It is over.");
  await accessible(page, "a table that was looked through");
  expect(await early(), "looking changes nothing").toBe(0);
  await main.getByRole("button", { name: "Import 2 bookings" }).click();
  await expect(main).toContainText("2 bookings imported");
  expect(await early()).toBe(1);

  await look();
  await expect(main).toContainText("0 bookings to import");
  await expect(main).toContainText("2 are here already");
  await expect(main.getByRole("button", { name: /^Import \d/ })).toHaveCount(0);
  expect(await early()).toBe(1);
  await page.context().close();
});
