// A19: an erased person is found nowhere: on no page, in no export, in no search, nor in the bytes of the
// database.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { enter, expect, hydrated, test } from "./lab.ts";

test("A19: erased person: no trace left, hours stay", async ({ lab, page }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  await enter(lab, page, "an administrator");
  const main = page.getByRole("main");
  const open = async (path: string) => {
    await page.goto(lab.url + path);
    await hydrated(page);
  };

  await open("/people?q=demir");
  await page.getByRole("link", { name: "Yusuf Demir" }).click();
  await page.waitForURL(/\/people\/\d+$/);
  const id = /\d+$/.exec(page.url())![0];
  await page.getByLabel("New note").fill("hums while sanding oak");
  await page.getByRole("button", { name: "Add note", exact: true }).click();
  await expect(main).toContainText("hums while sanding oak");
  await open(`/people/${id}/account`);
  await page.getByLabel("Telephone").fill("+39 0471 987 654");
  const saved = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  await saved;
  await expect(page.getByLabel("Telephone")).toHaveValue("+39 0471 987 654");
  const email = await page.locator("#email").inputValue();
  const taken = await (await page.request.post(`${lab.url}/data/${id}`)).text();
  for (const hers of ["Yusuf Demir", "hums while sanding oak", "+39 0471 987 654"]) expect(taken).toContain(hers);
  const uses = JSON.parse(taken).tables.use_session.length;

  await page.locator("summary", { hasText: "Erase…" }).click();
  await expect(main).toContainText("Erase Yusuf Demir? Name, addresses, picture, cards, notes");
  await page.getByRole("button", { name: "Erase Yusuf Demir for ever" }).click();
  await page.waitForURL(`${lab.url}/people/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Former member ${id}`);

  const words = ["Yusuf Demir", "hums while sanding oak", "+39 0471 987 654", email].filter((word) => word.length > 0);
  const data = join(lab.folder, "data");
  for (const file of readdirSync(data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const word of words) expect(bytes.includes(word), `${word} in ${file.name}`).toBe(false);
  }
  for (const path of ["/people?q=demir", "/people?status=left", `/people/${id}/qualifications`, `/people/${id}/timeline`, `/people/${id}/uses`, `/people/${id}/account`, `/people/${id}/data`, "/audit"]) {
    const text = await (await page.request.get(lab.url + path)).text();
    // The search field shows its own text.
    for (const word of words) expect(text, `${word} at ${path}`).not.toContain(word);
  }
  const left = await (await page.request.post(`${lab.url}/data/${id}`)).text();
  for (const word of words) expect(left, `${word} in what is taken along`).not.toContain(word);
  expect(JSON.parse(left).tables.use_session).toHaveLength(uses);
  await open(`/people/${id}/account`);
  await expect(page.locator("summary", { hasText: "Erase…" }), "nobody is erased twice").toHaveCount(0);
});

test("A19: member without script: exports their data and erases themselves", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await enter(lab, page, "a member");
  await page.goto(`${lab.url}/me/data`);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download as CSV: Profile" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("profile.csv");
  await page.locator("summary", { hasText: "Erase…" }).click();
  await page.getByRole("button", { name: "Delete my account" }).click();
  await page.waitForURL(`${lab.url}/`);
  expect((await page.goto(`${lab.url}/me/data`))!.status(), "signed out").toBe(401);
  await context.close();
});
