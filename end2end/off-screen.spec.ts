// Whatever opens is visible: disclosures, and link targets, on every page of an administrator.

import type { Browser, BrowserContextOptions, Locator, Page } from "@playwright/test";
import { enter, expect, hydrated, type Lab, reading, test } from "./lab.ts";
import { PAGES, portions } from "./lazy.ts";

/** Sign-in pages, displays, and one made of links to its own sections. */
const OTHERS = /^\/(kiosk|api|sign-in|apply|forgotten|link|unsubscribe|second-factor|set-up)/;
const WALK = ["/", "/people/10/qualifications?open=hold", ...Object.values(PAGES).map(({ path }) => path)].filter((path) => !OTHERS.test(path));

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 } };

/** Signs the administrator in once, because their link works once, and opens a window of each size. */
async function windows(lab: Lab, browser: Browser, sizes: BrowserContextOptions[]) {
  const first = await browser.newContext({ locale: "en-GB" });
  await enter(lab, await first.newPage(), "an administrator");
  const storageState = await first.storageState();
  await first.close();
  return Promise.all(sizes.map((size) => browser.newContext({ ...size, locale: "en-GB", storageState, reducedMotion: "reduce" })));
}

/** Whether one of them is visible: its top is within the window, and nothing covers it. */
const isSeen = (them: Locator) =>
  them.evaluateAll((all) =>
    all.some((it) => {
      const { top, left, width, height } = it.getBoundingClientRect();
      const [x, y] = [left + Math.min(width / 2, 40), top + Math.min(height / 2, 16)];
      const hit = y >= 0 && y < innerHeight ? document.elementFromPoint(x, y) : null;
      return hit !== null && (it.contains(hit) || hit.closest("label")?.contains(it) === true);
    }),
  );

/** The first field of what opened, or its summary. */
const opened = (details: Locator) =>
  isSeen(details.locator("summary").first().or(details.locator("input:not([type=hidden]), select, textarea").first()));

/** The first and the last of each kind: between rows of a list only words and numbers differ. */
function firstAndLast<T>(all: [kind: string, it: T][]): T[] {
  const kinds = new Map<string, T[]>();
  for (const [kind, it] of all) kinds.set(kind, [...(kinds.get(kind) ?? []), it]);
  return [...kinds.values()].flatMap((those) => [...new Set([those[0]!, those.at(-1)!])]);
}

/** The closed disclosures to open. */
const closed = async (all: Locator) =>
  firstAndLast(await all.evaluateAll((all) => {
    const found: [string, number][] = [];
    for (const [at, it] of (all as HTMLDetailsElement[]).entries()) {
      const summary = it.querySelector(":scope > summary")!;
      if (it.open || !summary.checkVisibility({ visibilityProperty: true }) || summary.getClientRects().length === 0) continue;
      let kind = summary.className;
      for (let node: Element = it; node.localName !== "main"; node = node.parentElement!) kind += ` ${node.localName}.${node.className}`;
      found.push([kind, at]);
    }
    return found;
  }));

/** Opens closed disclosures of the page, one after the other. */
async function disclosures(page: Page, path: string) {
  const all = page.locator("main details");
  for (const at of await closed(all)) {
    const details = all.nth(at);
    const summary = details.locator("> summary");
    await summary.click();
    await expect(details, `${path}: disclosure ${at} opens`).toHaveAttribute("open", "");
    await expect.poll(() => opened(details), `${path}: disclosure ${at} is in sight`).toBe(true);
    await summary.click();
  }
}

/** The fragment links to follow. */
async function links(page: Page) {
  const hrefs = await page.locator("main a[href*='#']:not([rel~=external])").evaluateAll((all) =>
    (all as HTMLAnchorElement[]).filter((link) => link.origin === location.origin && link.checkVisibility()).map((link) => link.getAttribute("href")!),
  );
  return firstAndLast(
    hrefs.map((href) => {
      const { pathname, searchParams } = new URL(href, page.url());
      return [[pathname.replace(/\d+/g, ""), ...searchParams.keys()].join(" "), href];
    }),
  );
}

/** Follows each from the top of the page, which is loaded again after one that led elsewhere. */
async function followed(lab: Lab, page: Page, path: string) {
  const address = () => page.url().split("#")[0];
  const home = address();
  const back = async () => {
    if (address() === home) return;
    await page.goto(lab.url + path);
    await hydrated(page);
  };
  for (const href of await links(page)) {
    await back();
    await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    const link = page.locator(`main a[href=${JSON.stringify(href)}]`).last();
    // Some rows show their buttons only on hover.
    const row = link.locator("xpath=ancestor::li[1]");
    if (!(await link.isVisible()) && (await row.count())) await row.hover();
    await link.click();
    await page.waitForURL((url) => url.hash === href.slice(href.indexOf("#")));
    const place = page.locator(`[id=${JSON.stringify(decodeURIComponent(href.slice(href.indexOf("#") + 1)))}]`);
    const focused = page.locator("main :focus");
    // The target, or the field it leads to.
    await expect.poll(() => isSeen(focused), `${path}: ${href} has the focus in sight`).toBe(true);
    await expect(place, `${path}: ${href} is there`).toHaveCount(1);
  }
  await back();
}

// One load of a page serves both widths: only the layout differs.
for (const [name, paths] of portions(WALK)) {
  reading(`disclosures and link targets, ${name}: visible when opened`, async ({ lab, browser }) => {
    test.setTimeout(240_000);
    const [context] = await windows(lab, browser, [{ viewport: PHONE.viewport }]);
    const page = await context!.newPage();
    for (const path of paths) {
      await page.setViewportSize(PHONE.viewport);
      await page.goto(lab.url + path);
      await hydrated(page);
      await disclosures(page, path);
      await followed(lab, page, path);
      await page.setViewportSize(DESK.viewport);
      await disclosures(page, path);
      await followed(lab, page, path);
    }
    await context!.close();
  });
}

reading("opened forms of a rule and a hold: focus in their first field", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  for (const context of await windows(lab, browser, [PHONE, DESK])) {
    const page = await context.newPage();
    await page.goto(`${lab.url}/bookings/rules`);
    await hydrated(page);
    await page.getByRole("link", { name: /^Change/ }).last().click();
    await expect(page.locator("[id^=rule-] :is(input:not([type=hidden]), select)").first()).toBeFocused();
    expect(await isSeen(page.locator(":focus"))).toBe(true);

    await page.goto(`${lab.url}/people/10`);
    await hydrated(page);
    await page.getByRole("link", { name: "Place a hold" }).first().click();
    await expect(page.locator("details:has(#deed-hold) :focus")).toBeVisible();
    expect(await isSeen(page.locator(":focus"))).toBe(true);
    await context.close();
  }
});

test("saved form: message beside its button, scroll position unchanged", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  for (const context of await windows(lab, browser, [PHONE, DESK])) {
    const page = await context.newPage();
    await page.goto(`${lab.url}/notices/settings`);
    await hydrated(page);
    await page.getByRole("checkbox").last().click();
    const save = page.getByRole("button", { name: "Save changes" });
    await save.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    await save.click();
    const saved = page.locator(".saved");
    await expect(saved).toContainText("Saved");
    expect(await isSeen(saved)).toBe(true);
    expect(Math.abs((await page.evaluate(() => scrollY)) - before)).toBeLessThan(60);
    await context.close();
  }
});
