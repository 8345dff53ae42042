// Watching a video in ways that are not one tab from beginning to end: twice at once, and without a network.

import type { Browser, Page } from "@playwright/test";
import { enter, expect, hydrated, test } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** The module of the demo with a film, which the demo's member has not begun. */
const MODULE = "/learn/1";

async function opened(page: Page, lab: Lab): Promise<void> {
  await page.goto(lab.url + MODULE);
  await hydrated(page);
}

async function member(lab: Lab, browser: Browser): Promise<Page> {
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  await enter(lab, page, "a member");
  await opened(page, lab);
  return page;
}

async function play(page: Page, from: number): Promise<void> {
  await page.locator("video").evaluate(
    async (video: HTMLVideoElement, from) => {
      video.muted = true;
      video.currentTime = from;
      await video.play();
    },
    from,
  );
}

const place = (page: Page) => page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);
const ended = (page: Page) => page.waitForFunction(() => document.querySelector("video")!.ended, undefined, { timeout: 60_000 });

/** Percent of the film that are credited, as a page that is loaded anew says; all of it needs no such words. */
async function credited(page: Page, lab: Lab): Promise<number> {
  await opened(page, lab);
  return Number(/(\d+) % watched/.exec(await page.getByRole("main").innerText())?.[1] ?? 100);
}

test("what two tabs play counts once, and what was played without a network counts later", async ({ lab, browser }) => {
  test.setTimeout(180_000);
  const first = await member(lab, browser);
  const second = await first.context().newPage();
  await opened(second, lab);
  await play(first, 0);
  await play(second, 20);
  await expect.poll(() => place(first), { timeout: 20_000 }).toBeGreaterThan(6);
  await first.context().setOffline(true);
  const lost = await place(first);
  await expect.poll(() => place(first), { timeout: 30_000 }).toBeGreaterThan(lost + 8);
  await first.context().setOffline(false);
  await ended(first);
  await expect.poll(() => credited(second, lab), { timeout: 60_000, intervals: [2_000] }).toBeGreaterThanOrEqual(95);
  await first.context().close();
});
