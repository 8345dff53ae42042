// A manager's day with people: found, edited, noted, invited in bulk; on desktop and phone.

import { axe, enter, expect, hydrated, test } from "./lab.ts";

for (const [where, viewport, javaScriptEnabled] of [
  ["at a desk", { width: 1280, height: 800 }, true],
  ["on a phone without script", { width: 390, height: 844 }, false],
] as const) {
  test(`people: searched, edited, noted and invited, ${where}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const context = await browser.newContext({ viewport, javaScriptEnabled, locale: "en-GB", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    const open = async (path: string) => {
      await page.goto(lab.url + path);
      if (javaScriptEnabled) await hydrated(page);
    };
    const main = page.getByRole("main");
    const part = (name: string) => page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name });

    await open("/people?status=active");
    await page.getByRole("combobox", { name: "Role" }).selectOption({ label: "Administrators" });
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/role=administrator.*status=active|status=active.*role=administrator/);
    await expect(main.getByRole("row").filter({ hasText: "Marta Ferri" })).toBeVisible();
    await expect(main.getByRole("row")).toHaveCount(2);
    await page.getByRole("combobox", { name: "Role" }).selectOption({ label: "Any role" });
    await page.getByLabel("Name, e-mail or last digits of a card").fill("demir");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Yusuf Demir" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Yusuf Demir");
    await expect(main.getByRole("table", { name: "Qualifications" }).getByRole("row").filter({ hasText: "The workshop" })).toContainText("active");
    await expect(page.getByLabel("Card number"), "behind a button").toBeHidden();

    await page.getByLabel("New note").fill("Has the key of the <b>shed</b>");
    await page.getByRole("button", { name: "Add note", exact: true }).click();
    await expect(main.getByRole("listitem").filter({ hasText: "Has the key of the <b>shed</b>" })).toBeVisible();
    await page.getByRole("link", { name: "Edit note" }).click();
    await page.getByLabel("Edit note").fill("");
    await page.getByRole("button", { name: "Save note" }).click();
    await expect(page.getByLabel("Edit note"), "A24").toHaveAttribute("aria-invalid", "true");
    await page.getByLabel("Edit note").fill("Gave the key back");
    await page.getByRole("button", { name: "Save note" }).click();
    const note = main.getByRole("listitem").filter({ hasText: "Gave the key back" });
    await expect(note).toContainText("edited");
    await page.getByRole("link", { name: "Edit note" }).click();
    await page.getByRole("button", { name: "Delete note" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The note is deleted." })).toBeVisible();
    await expect(note).toHaveCount(0);
    await page.getByRole("button", { name: "Undo: the note" }).click();
    await expect(note).toContainText("edited");

    await part("Account").click();
    await page.getByLabel("Telephone").fill("call me");
    await page.getByLabel("Name").first().fill("يوسف Demir 🦊");
    await page.getByRole("button", { name: "Save changes", exact: true }).click();
    await expect(page.getByLabel("Telephone"), "A24").toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Telephone"), "A24").toHaveValue("call me");
    await page.getByLabel("Telephone").fill("+39 0471 123456");
    await page.getByRole("button", { name: "Save changes", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("يوسف Demir 🦊");

    await page.getByLabel("Choose a picture").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from("<svg/>") });
    await page.getByRole("button", { name: "Save picture" }).click();
    await expect(main).toContainText("This file is not a JPEG, PNG or WebP.");
    const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    await page.getByLabel("Choose a picture").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from(dot, "base64") });
    await page.getByRole("button", { name: "Save picture" }).click();
    await expect(page.locator(".person-head img.avatar")).toBeVisible();

    await part("Timeline").click();
    await expect(main).toContainText("changed a profile");
    await expect(main).toContainText("set a picture");
    await part("Uses").click();
    await expect(page.getByRole("heading", { name: "Uses" })).toBeVisible();

    await open("/people/invite");
    await page.locator("summary", { hasText: "Bulk invite" }).click();
    await page.getByLabel("Addresses").fill("Lea Moser <lea@example.org>\nnobody\nlea@example.org\nsam.hofer@example.org");
    await page.getByRole("button", { name: "Bulk invite" }).click();
    const fates = page.getByRole("status").filter({ hasText: "2 of 4 invited" });
    await expect(fates).toContainText("Line 2 · Enter the line like Ada Lovelace");
    await expect(fates).toContainText("Line 3 · Duplicate of an earlier line");
    await page.locator("summary", { hasText: "Add without account" }).click();
    await page.locator("#added_name").fill("Greta Thaler");
    await page.getByRole("button", { name: "Add without account" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Greta Thaler");

    if (javaScriptEnabled) {
      await open("/people");
      await axe(page);
    }
    await context.close();
  });
}

// The browser stays on the same route and only the id in the address changes: a form must go to the person it
// shows.
test("palette from person to person: every form is about the person shown", async ({ lab, browser }) => {
  test.setTimeout(90_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/people/10`);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Find anything" }).getByRole("combobox").fill("jonas weber");
  await page.getByRole("option", { name: "Jonas Weber" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Jonas Weber" })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").pop()!;
  expect(id).not.toBe("10");
  const named = await page.locator("input[name=person]").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
  expect(named.length).toBeGreaterThan(0);
  expect([...new Set(named)]).toEqual([id]);
  for (const tab of await page.getByRole("main").locator("nav.tabs a").all()) {
    expect(await tab.getAttribute("href")).toContain(`/people/${id}`);
  }
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Jonas Weber" })).toHaveCount(0);
  expect(await page.locator("input[name=person]").first().inputValue()).toBe("10");
  await page.context().close();
});
