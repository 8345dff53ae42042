// Every page: accessible, in both languages and themes, narrow and wide, by keyboard, and as valid HTML.

import { axeBuilder, accessibleInBothThemes, enter, expect, fits, hydrated, reading, screen, test } from "./lab.ts";
import { PAGES as LAZY } from "./lazy.ts";
import { markupFaults } from "./markup.ts";

const PAGES = ["/", "/?show=free", "/machines/1", "/machines/9", "/machines/12", "/machines/999", "/me", "/kiosk", "/no/such/page"];

for (const [locale, width, height] of [["en-GB", 390, 844], ["it-IT", 1280, 800]] as const) {
  reading(`public pages: no axe violations in either theme, ${locale}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ locale, viewport: { width, height }, reducedMotion: "reduce" });
    const page = await context.newPage();
    await screen(lab, page);
    for (const path of PAGES) {
      await page.goto(lab.url + path);
      await hydrated(page);
      await accessibleInBothThemes(page, `${path} ${locale}`);
      await expect(page.locator("html")).toHaveAttribute("lang", locale.slice(0, 2));
    }
    await context.close();
  });
}

reading("narrow screens down to 320 pixels: no horizontal scrolling", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const page = await (await browser.newContext()).newPage();
  await screen(lab, page);
  for (const path of PAGES) {
    await page.goto(lab.url + path);
    await hydrated(page);
    for (const [width, height] of [[320, 640], [390, 844], [820, 1180], [1280, 800], [1920, 1080]] as const) {
      await page.setViewportSize({ width, height });
      await fits(page, `${path} at ${width}`);
    }
  }
  await page.context().close();
});

reading("keyboard: from the first tab stop to a machine and back", async ({ lab, page }) => {
  await page.goto(lab.url);
  await hydrated(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  for (let presses = 0; presses < 10; presses++) {
    await page.keyboard.press("Tab");
    if (await page.locator("main a[href^='/machines/']:focus").count()) break;
  }
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
  expect(outline, "the focus can be seen").not.toBe("none");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/machines/*");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goBack();
  await page.waitForURL(/\/(#main)?$/);
});

reading("language and theme: saved, and in the first byte of the next page", async ({ lab, browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await (await browser.newContext({ javaScriptEnabled, locale: "en-GB" })).newPage();
    await page.goto(`${lab.url}/me`);
    if (javaScriptEnabled) await hydrated(page);
    await page.getByText("Italiano").click();
    if (javaScriptEnabled) {
      // Each choice applies at once.
      await expect(page.locator("html")).toHaveAttribute("lang", "it");
      await hydrated(page);
      await page.getByText("Scuro", { exact: true }).click();
    } else {
      await page.getByText("Dark", { exact: true }).click();
      await page.getByRole("button", { name: "Save changes" }).click();
    }
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.locator("html")).toHaveAttribute("lang", "it");
    const html = await (await page.goto(lab.url))!.text();
    expect(html).toContain('<html lang="it" data-theme="dark">');
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Adesso");
    await page.context().close();
  }
});

test("empty space: shows the next step", async ({ lab, page }) => {
  await lab.serve();
  for (const [path, says] of [["/", "This workshop has no administrator yet"], ["/kiosk", "This screen has no link yet"]] as const) {
    await page.goto(lab.url + path);
    await hydrated(page);
    await expect(page.getByRole("main")).toContainText(says);
    const { violations } = await axeBuilder(page).analyze();
    expect(violations.map(({ id, nodes }) => `${path}: ${id} at ${nodes[0]?.target}`)).toEqual([]);
  }
});

reading("missing page and wall display: link home", async ({ lab, page }) => {
  await screen(lab, page);
  await hydrated(page);
  await page.getByRole("link", { name: "Talvera Workshop" }).click();
  await page.waitForURL(`${lab.url}/`);
  const missing = await page.goto(`${lab.url}/machines/999`);
  expect(missing!.status()).toBe(404);
  await hydrated(page);
  await page.getByRole("main").getByRole("link").last().click();
  await page.waitForURL(`${lab.url}/`);
});

test("faults in HTML: each kind is found, and nothing else", () => {
  for (const [html, faults] of [
    [`<!DOCTYPE html><p id="a">1<br>2 <a href="/x"><b>c</b></a></p><!><ul><li><svg><g><a><svg><text>1</text></svg></a></g><use href="#p"/></svg></li></ul>`, []],
    [`<details><summary><h2>a</h2></summary><label>b <input name="c"/></label></details>`, []],
    [`<p><div></div></p>`, ["<div> in <p>"]],
    [`<span><form></form></span>`, ["<form> in <span>"]],
    [`<button><a href="/"><div></div></a></button>`, ["<a> in <button>", "<div> in <button>"]],
    [`<table><tr><th><h2>a</h2></th></tr></table>`, ["<h2> in <th>"]],
    [`<ul><div></div></ul>`, ["<div> in <ul>"]],
    [`<i id="a b"></i><i id=""></i>`, [`id "a b"`, `id ""`]],
    [`<i id="a"></i><i id='a'></i>`, [`id "a" twice`]],
    [`<svg><i id="a"/></svg><b id="a"></b>`, [`id "a" twice`]],
    [`<div><b></div>`, ["</div> where <b> is open"]],
  ] as [string, string[]][]) {
    expect(markupFaults(html), html).toEqual(faults);
  }
});

reading("HTML of every page: elements where they may stand, ids once and without spaces", async ({ lab, page }) => {
  test.setTimeout(120_000);
  const faults: string[] = [];
  const check = async (path: string) => {
    const answer = await page.request.get(lab.url + path, { headers: { accept: "text/html" } });
    faults.push(...markupFaults(await answer.text()).map((fault) => `${path}: ${fault}`));
  };
  for (const path of PAGES) await check(path);
  await enter(lab, page, "an administrator");
  for (const { path } of Object.values(LAZY)) await check(path);
  expect(faults).toEqual([]);
});
