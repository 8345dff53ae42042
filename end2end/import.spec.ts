// A list of 300 members with 12 faulty lines: looked through, applied once, and brought again; on a desk and on a phone.

import { enter, expect, fits, hydrated, test } from "./lab.ts";

const LINES = Array.from({ length: 300 }, (_, n) => {
  const faulty = n % 25 === 7;
  return `M${n};Member ${n};${faulty ? `member ${n}` : `member${n}@example.org`}`;
});
const LIST = ["Codice;Nome;E-mail", ...LINES].join("\r\n");

for (const [viewport, javaScriptEnabled] of [[{ width: 1280, height: 800 }, true], [{ width: 390, height: 844 }, false]] as const) {
  test(`300 members, 12 faulty lines, at ${viewport.width}`, async ({ lab, browser }) => {
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
      await page.getByRole("button", { name: "Look at it: A file" }).click();
    };

    await bring({ ...file, buffer: Buffer.from([0x50, 0x4b, 3, 4, 0, 1]) });
    await expect(main).toContainText("This is not a text file.");
    await bring({ ...file, buffer: Buffer.alloc(5_000_000, "a") });
    await expect(main, "said beforehand by the browser, and answered with the way back").toContainText("The file has more than 4 MB.");
    await bring(file);
    await page.waitForURL("**file=*");
    await expect(main.getByRole("row").nth(1), "the faulty first").toContainText("Not an e-mail address.");
    await expect(main).toContainText("12 faulty lines are left out");
    await main.getByRole("button", { name: "Apply 288 changes" }).click();
    await expect(page.getByRole("status").filter({ hasText: "288 new members" })).toBeVisible();

    await bring(file);
    await expect(main).toContainText("changes nothing");
    await expect(main.getByRole("button", { name: /Apply/ })).toHaveCount(0);
    await fits(page);

    if (javaScriptEnabled) {
      await page.goto(`${lab.url}/export`);
      await hydrated(page);
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: "Take out people.csv" }).click();
      expect((await coming).suggestedFilename()).toBe("people.csv");
      await main.getByLabel("Machine", { exact: true }).fill("laser");
      const sheet = page.waitForEvent("download");
      await page.getByRole("button", { name: "Take out uses.xlsx" }).click();
      expect((await sheet).suggestedFilename()).toBe("uses.xlsx");
    }
    await context.close();
  });
}
