// An announcement: written with a preview, it appears live on a member's page and on the wall display, and
// disappears from both when it is withdrawn.

import { accessible, enter, expect, hydrated, screen, test } from "./lab.ts";

test("announcement: appears live for a member and on the wall display, disappears when withdrawn", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const open = async (width: number, height: number) =>
    (await browser.newContext({ viewport: { width, height }, locale: "en-GB" })).newPage();
  const [desk, phone, wall] = [await open(1280, 800), await open(390, 844), await open(1920, 1080)];
  await enter(lab, desk, "an administrator");
  await enter(lab, phone, "a member");
  await screen(lab, wall);
  await phone.goto(lab.url);
  for (const page of [phone, wall]) await hydrated(page);
  const bell = phone.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Notices/ });
  const before = Number((await bell.innerText()).match(/\d+/)?.[0] ?? 0);
  await expect(phone.getByRole("region", { name: "Announcements" })).toContainText("Open repair evening");
  await accessible(phone, "announcements on a phone");
  await accessible(wall, "announcements on the wall");

  await desk.goto(lab.url);
  await desk.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Announcements" }).click();
  await desk.waitForURL("**/announcements");
  await hydrated(desk);
  await desk.getByLabel("Title").fill("Dust extraction is off");
  await desk.getByLabel("Text").fill("# Please\nOpen the **windows**. <script>alert(1)</script>\n\n[x](javascript:alert(1))");
  await desk.getByRole("button", { name: "Preview" }).click();
  const drawn = desk.locator(".drawn");
  await expect(drawn.locator("strong")).toHaveText("windows");
  await expect(drawn).toContainText("<script>alert(1)</script>");
  await expect(drawn.locator("h3")).toHaveText("Please");
  await expect(drawn.locator("a, script")).toHaveCount(0);
  await accessible(desk, "a preview");
  await expect(phone.getByText("Dust extraction is off"), "nothing is saved by looking at it").toHaveCount(0);
  await desk.getByRole("button", { name: "Publish" }).click();
  const row = desk.getByRole("listitem").filter({ hasText: "Dust extraction is off" });
  await expect(row).toContainText("Everyone");
  await expect(desk.getByLabel("Title"), "the form begins anew").toHaveValue("");

  await expect(phone.getByRole("heading", { name: "Dust extraction is off" })).toBeVisible();
  await expect(phone.locator(".news strong").filter({ hasText: "windows" })).toBeVisible();
  await expect(wall.getByRole("heading", { name: "Dust extraction is off" })).toBeVisible();
  await expect(bell, "the member is told, live").toContainText(String(before + 1));

  await row.getByRole("link").click();
  await desk.waitForURL("**/announcements?edit=*");
  await expect(desk.getByLabel("Title"), "the form shows what is edited").toHaveValue("Dust extraction is off");
  await desk.getByLabel("Title").fill("Dust extraction is weak");
  await desk.getByRole("button", { name: "Save changes" }).click();
  await desk.waitForURL("**/announcements");
  await hydrated(desk);
  await expect(phone.getByRole("heading", { name: "Dust extraction is weak" })).toBeVisible();
  await expect(bell, "nobody is told twice").toContainText(String(before + 1));

  const edited = desk.getByRole("listitem").filter({ hasText: "Dust extraction is weak" });
  await edited.getByRole("button", { name: /^Withdraw/ }).click();
  await expect(phone.getByText("Dust extraction is weak")).toHaveCount(0);
  await expect(wall.getByText("Dust extraction is weak")).toHaveCount(0);
  await desk.locator(".toast").getByRole("button", { name: /^Undo/ }).click();
  await expect(wall.getByRole("heading", { name: "Dust extraction is weak" })).toBeVisible();
  await edited.getByRole("button", { name: /^Withdraw/ }).click();
  await expect(wall.getByText("Dust extraction is weak")).toHaveCount(0);
  await accessible(desk, "announcements");

  await phone.goto(`${lab.url}/notices`);
  await expect(phone.getByRole("main")).toContainText("You can no longer see this");
  for (const page of [desk, phone, wall]) await page.context().close();
});

test("announcement without script: preview preserves the input", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ locale: "it-IT", javaScriptEnabled: false })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/announcements`);
  await expect(desk.getByRole("heading", { level: 1 })).toHaveText("Annunci");
  await desk.getByLabel("Titolo").fill("Chiuso lunedì");
  await desk.getByLabel("Testo").fill("Torniamo **martedì**.");
  await desk.getByRole("button", { name: "Anteprima" }).click();
  await expect(desk.locator(".drawn strong")).toHaveText("martedì");
  await expect(desk.getByLabel("Titolo")).toHaveValue("Chiuso lunedì");
  await desk.getByRole("button", { name: "Pubblica" }).click();
  await expect(desk.getByRole("listitem").filter({ hasText: "Chiuso lunedì" })).toContainText("Tutti");
  await desk.goto(lab.url);
  await expect(desk.locator(".news strong").filter({ hasText: "martedì" })).toBeVisible();
  await desk.context().close();
});
