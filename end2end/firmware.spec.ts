// Firmware over the air: an image is uploaded, a foreign file refused, a simulated board updated and reporting its
// new version, one at a dead address failed; and the page is for managers.

import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import { axe, enter, expect, fits, hydrated, leave, reading, test } from "./lab.ts";

/**
 * The smallest valid application image: a header, one segment that begins with its description, a checksum, and a hash.
 */
function application(version: string, filling: number) {
  const head = Buffer.from([0xe9, 1, 2, 0x20, ...new Array<number>(19).fill(0), 1]);
  const about = Buffer.alloc(16 + 2 * 32);
  about.writeUInt32LE(0xabcd5432, 0);
  about.write(version, 16);
  about.write("journey", 48);
  const data = Buffer.concat([about, Buffer.from(Array.from({ length: filling }, (_, at) => (at * 7) % 251))]);
  const segment = Buffer.alloc(8);
  segment.writeUInt32LE(0x3f400020, 0);
  segment.writeUInt32LE(data.length, 4);
  const body = Buffer.concat([head, segment, data]);
  const padded = Buffer.alloc((Math.floor(body.length / 16) + 1) * 16);
  body.copy(padded);
  padded[padded.length - 1] = data.reduce((sum, byte) => sum ^ byte, 0xef);
  return Buffer.concat([padded, createHash("sha256").update(padded).digest()]);
}

/** Submits the form of an image and waits for the page that comes back: its address may be the current one. */
async function keep(page: Page) {
  await Promise.all([page.waitForEvent("load"), page.locator("form[action='/firmware/upload'] button").click()]);
  expect(new URL(page.url()).search, "kept, not refused").toBe("");
  await hydrated(page);
}

const file = (buffer: Buffer) => ({ name: "firmware.bin", mimeType: "application/octet-stream", buffer });

test("firmware image: uploaded, sent, and running after the board's restart", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--pace", "0");
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/firmware`);
  await hydrated(page);
  const main = page.getByRole("main");
  await expect(main).toContainText("No firmware yet");
  await expect(main).toContainText("No transfers yet");

  // A foreign file is refused beside the field, and the input stays.
  await page.getByLabel("Name", { exact: true }).fill("attic,1");
  await page.getByLabel("File").setInputFiles(file(Buffer.from("PK, a zip")));
  await page.getByRole("button", { name: "Upload firmware" }).click();
  await page.waitForURL(/refused=/);
  await expect(main.locator("#file-problem")).toContainText("not firmware for an ESP32 board");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("attic,1");
  await page.getByLabel("File").setInputFiles(file(application("9.9.9", 200_000).subarray(0, 100_000)));
  await page.getByRole("button", { name: "Upload firmware" }).click();
  await expect(main.locator("#file-problem")).toContainText("cut off or damaged");

  await page.getByLabel("File").setInputFiles(file(application("9.9.9", 200_000)));
  await keep(page);
  await expect(main.getByRole("list", { name: "Board firmware" })).toContainText("attic,1");
  await expect(main.getByRole("list", { name: "Board firmware" })).toContainText("ESP32");

  // Without a selected board nothing is sent, and the form says so.
  await page.getByRole("button", { name: /^Send firmware/ }).click();
  await expect(main.locator("#boards-problem")).toContainText("Choose at least one board");
  const boards = main.getByRole("group", { name: "Boards" });
  await expect(boards.getByRole("checkbox").first()).toBeVisible({ timeout: 20_000 });
  await boards.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: /^Send firmware/ }).click();
  const sent = main.getByRole("list", { name: "Transfers" });
  await expect(sent).toContainText("Done", { timeout: 30_000 });
  // The board reports it when it is back.
  await expect(boards).toContainText("simulated,9.9.9", { timeout: 30_000 });

  await page.getByRole("button", { name: /^Remove/ }).click();
  await expect(main).toContainText("No firmware yet");
  await page.goto(`${lab.url}/audit?action=firmware.`);
  for (const said of ["uploaded firmware", "sent firmware to a board", "delivered firmware to a board", "removed firmware"]) {
    await expect(main).toContainText(said);
  }
});

test("unreachable board: transfer fails with a remedy, can be cancelled and retried", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  const boards = await lab.boards("1");
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/firmware`);
  await hydrated(page);
  await page.getByLabel("File").setInputFiles(file(application("9.9.9", 5_000)));
  await keep(page);
  const main = page.getByRole("main");
  const group = main.getByRole("group", { name: "Boards" });
  await expect(group.getByRole("checkbox").first()).toBeVisible({ timeout: 20_000 });
  await boards.end("SIGKILL");
  await group.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: /^Send firmware/ }).click();
  const sent = main.getByRole("list", { name: "Transfers" });
  await expect(sent).toContainText("Connecting to the board");
  await expect(sent).toContainText("The board doesn’t answer", { timeout: 40_000 });
  await sent.getByRole("button", { name: /^Try again/ }).first().click();
  await sent.getByRole("button", { name: /^Cancel/ }).first().click();
  await expect(sent).toContainText("Cancelled");
});

reading("firmware page as a trainer: refused", async ({ lab, page }) => {
  await enter(lab, page, "a trainer");
  expect((await page.goto(`${lab.url}/firmware`))!.status()).toBe(403);
  await expect(page.getByRole("main")).not.toContainText("Board firmware");
  await leave(page, lab);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`firmware page: no axe violations, no horizontal scrolling, ${colorScheme}`, async ({ lab, browser }) => {
    await lab.demo("--pace", "0");
    const context = await browser.newContext({ colorScheme, locale: colorScheme === "light" ? "en-GB" : "it-IT", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    await page.goto(`${lab.url}/firmware`);
    await hydrated(page);
    await page.locator("#file").setInputFiles(file(application("9.9.9", 5_000)));
    await keep(page);
    for (const path of ["/firmware", "/firmware?refused=firmware.kept&name=x"]) {
      await page.goto(lab.url + path);
      await hydrated(page);
      for (const [width, height] of [[320, 640], [1280, 800]] as const) {
        await page.setViewportSize({ width, height });
        await fits(page, `${path} at ${width}`);
        await axe(page, `${path} ${width}`);
      }
    }
    await context.close();
  });
}
