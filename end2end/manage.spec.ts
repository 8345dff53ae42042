// The inbox by keyboard, concurrent decisions of two managers, bulk actions, and the palette; on desktop and
// phone.

import { axe, enter, expect, fits, hydrated, reading, test } from "./lab.ts";

test("inbox by keyboard: move, approve, undo, decline", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/manage`);
  await hydrated(page);
  const waiting = page.getByRole("region", { name: /Applications/ }).getByRole("listitem");
  const before = await waiting.count();
  expect(before).toBeGreaterThan(0);
  await page.keyboard.press("j");
  const first = await page.locator("li[aria-current=true] a").textContent();
  await page.keyboard.press("a");
  await expect(page.getByRole("status").filter({ hasText: `${first} is a member now.` })).toBeVisible();
  await expect(waiting).toHaveCount(before - 1);
  await page.keyboard.press("z");
  await expect(page.getByRole("status").filter({ hasText: `${first} is back in the inbox.` })).toBeVisible();
  await expect(waiting).toHaveCount(before);

  const other = await page.context().newPage();
  await other.goto(`${lab.url}/manage`);
  await hydrated(other);
  // In the list a row's actions appear on hover; beside it they are shown with the selected item.
  await page.getByRole("link", { name: first!, exact: true }).click({ position: { x: 60, y: 12 } });
  await page.waitForURL(/item=applicant-\d+/);
  const chosen = page.getByRole("region", { name: "Details" });
  await expect(chosen.getByRole("heading")).toHaveText(first!);
  await chosen.getByRole("button", { name: `Decline: ${first}` }).click();
  await expect(page.getByRole("status").filter({ hasText: "was declined" })).toBeVisible();
  await expect(other.getByRole("button", { name: `Approve: ${first}` }), "live").toHaveCount(0);
  await page.context().close();
});

reading("palette: opened by its shortcut, results by arrow keys, focus returned", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(lab.url);
  await hydrated(page);
  const palette = page.getByRole("dialog", { name: "Find anything" });
  const field = palette.getByRole("combobox");
  const options = palette.getByRole("option");
  const jonas = palette.getByRole("option", { name: "Jonas Weber" });

  const before = page.locator(".chips a").nth(1);
  await before.focus();
  await page.keyboard.press("Control+k");
  await expect(field).toBeFocused();
  await expect(palette.getByRole("option", { name: "Add a machine" }), "what can be done is there at once").toBeVisible();
  await page.keyboard.press("End");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.first(), "around the end").toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Home");
  await expect(field).toHaveAttribute("aria-activedescendant", "palette-0");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(before, "the focus is where it was").toBeFocused();
  expect(new URL(page.url()).pathname, "the page is the one that was open").toBe("/");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz");
  await expect(palette.getByText("No results")).toBeVisible();
  await field.fill("weber");
  await expect(jonas).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/people/2");
  await expect(palette).toBeHidden();

  const way = page.locator("nav a[href='/find']");
  await way.click();
  await expect(field).toBeFocused();
  await expect(field, "each time anew").toHaveValue("");
  await palette.getByRole("button", { name: "Close" }).click();
  await expect(way).toBeFocused();
  await page.context().close();
});

reading("palette: late answers are ignored, a missing one is reported", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/manage`);
  await hydrated(page);
  const palette = page.getByRole("dialog", { name: "Find anything" });
  const jonas = palette.getByRole("option", { name: "Jonas Weber" });
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  const older = (body: string | null) => body === "name=laser";
  await page.route("**/api/find/all", async (route) => {
    if (older(route.request().postData())) await held;
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  const asked = page.waitForRequest((request) => older(request.postData()));
  await palette.getByRole("combobox").fill("laser");
  await asked;
  await palette.getByRole("combobox").fill("weber");
  await expect(jonas).toBeVisible();
  const late = page.waitForResponse((response) => older(response.request().postData()));
  release();
  await (await late).finished();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(jonas).toBeVisible();
  await expect(palette.getByRole("group", { name: "Machines" })).toHaveCount(0);

  await page.unroute("**/api/find/all");
  await page.route("**/api/find/all", (route) => route.abort());
  await palette.getByRole("combobox").fill("peo");
  await expect(palette.getByRole("alert")).toContainText("couldn’t be searched");
  await expect(palette.getByRole("option", { name: "People", exact: true }), "pages need no answer").toBeVisible();
  await page.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`bulk invitation: sent to all selected, selection survives a refusal, ${javaScriptEnabled ? "with" : "without"} script`, async ({ lab, browser }) => {
    test.setTimeout(90_000);
    await lab.demo("--no-boards");
    const page = await (await browser.newContext({ locale: "en-GB", javaScriptEnabled })).newPage();
    await enter(lab, page, "an administrator");
    await page.goto(`${lab.url}/people`);
    if (javaScriptEnabled) await hydrated(page);
    const boxes = page.locator("[data-table=people] td input[type=checkbox]");
    const all = page.getByRole("button", { name: "Apply to selected" });
    await boxes.nth(0).check();
    await boxes.nth(2).check();
    await all.click();
    await expect(page.getByText("Choose one from the list.")).toBeVisible();
    await expect(boxes.nth(0), "A24: a tick is kept").toBeChecked();
    await expect(boxes.nth(2)).toBeChecked();
    await page.locator("#action").selectOption("invite");
    await all.click();
    await expect(page.getByRole("status").filter({ hasText: /(person|people) invited\./ })).toBeVisible();
    await expect(page.getByRole("button", { name: "Undo" }), "a mail is not taken back").toHaveCount(0);
    await page.context().close();
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  reading(`management pages: no axe violations, ${colorScheme}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ colorScheme, locale: colorScheme === "light" ? "en-GB" : "it-IT", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    for (const path of ["/manage", "/find?q=la", "/import", "/export", "/unknown-cards", "/cards/1"]) {
      await page.goto(lab.url + path);
      await hydrated(page);
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 844 });
        await fits(page, `${path} at ${width}`);
        if (path === "/manage") {
          const tops = await page.locator(".chips a").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
          expect(new Set(tops).size, `filters are in one line at ${width}`).toBe(1);
        }
        await axe(page, `${path} ${width}`);
      }
    }
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(lab.url);
      await hydrated(page);
      await page.locator("a[href='/find']:visible").click();
      await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
      await axe(page, `palette ${width}`);
    }
    await context.close();
  });
}
