// Watching a video in other ways than one tab from beginning to end: twice at once, and without a network.

import type { Browser, Page } from "@playwright/test";
import { enter, expect, hydrated, test } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** The demo's module with a video file, which the demo's member has not begun. */
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

/** Credited percent of the video, as a reloaded page shows it; a complete one shows none. */
async function credited(page: Page, lab: Lab): Promise<number> {
  await opened(page, lab);
  return Number(/(\d+)% watched/.exec(await page.getByRole("main").innerText())?.[1] ?? 100);
}

test("video in two tabs: counted once; watched offline: credited later", async ({ lab, browser }) => {
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

/** The messages of the embedded YouTube player and the page around it, at the same address; the video is a clock. */
const PLAYER = `<!doctype html><title>Player</title><button>Play</button><script>
  let at = Number(new URLSearchParams(location.search).get("start") ?? 0), playing = false, heard = false;
  const say = (info) => heard && parent.postMessage(JSON.stringify({ event: "infoDelivery", info }), "*");
  const play = () => { playing = true; say({ currentTime: at, playerState: 1 }); };
  document.querySelector("button").onclick = play;
  addEventListener("message", ({ data }) => {
    const { event, func, args } = JSON.parse(data);
    if (event === "listening") { heard = true; say({ currentTime: at, playerState: 5 }); }
    if (func === "seekTo") at = args[0];
    if (func === "playVideo") play();
  });
  let before = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (playing) { at += (now - before) / 1000; say({ currentTime: at }); }
    before = now;
  }, 250);
</script>`;

test("YouTube video: progress tracked in its own player, resumed", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/modules`);
  await hydrated(desk);
  await desk.getByLabel("Title").fill("Dust");
  await desk.getByRole("button", { name: "Add module" }).click();
  await desk.waitForURL("**/modules/4");
  await hydrated(desk);
  await desk.getByLabel(/YouTube/).fill("dQw4w9WgXcQ");
  await desk.getByLabel("Length", { exact: true }).fill("1:00");
  await desk.getByRole("button", { name: "Set video" }).click();
  await expect(desk.getByRole("main")).toContainText("YouTube dQw4w9WgXcQ");
  await hydrated(desk);
  await desk.getByRole("link", { name: /^Versions/ }).click();
  await desk.getByRole("button", { name: "Publish this version" }).click();
  await expect(desk.locator(".versions-list")).not.toContainText("Draft");
  await desk.context().close();

  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  const asked: string[] = [];
  await phone.route("https://www.youtube-nocookie.com/**", async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ contentType: "text/html", body: PLAYER });
  });
  await enter(lab, phone, "a member");
  await phone.goto(`${lab.url}/learn/1`);
  await hydrated(phone);
  expect(asked, "only where a module has one").toEqual([]);
  await phone.goto(`${lab.url}/learn/4`);
  await hydrated(phone);
  await phone.frameLocator("iframe").getByRole("button", { name: "Play" }).click();
  const left = phone.locator(".coverage .left");
  const percent = async () => Number(/(\d+)% watched/.exec(await left.innerText())?.[1] ?? 100);
  await expect.poll(percent, { timeout: 40_000 }).toBeGreaterThan(15);
  expect(new URL(asked[0]!).searchParams.get("start"), "from the beginning").toBeNull();
  await phone.goto(`${lab.url}/learn`);
  await phone.goto(`${lab.url}/learn/4`);
  await hydrated(phone);
  expect(await percent(), "what was played is kept").toBeGreaterThan(15);
  expect(Number(new URL(asked.at(-1)!).searchParams.get("start"))).toBeGreaterThan(8);
  await phone.getByRole("button", { name: /^Next unwatched part/ }).click();
  const before = await percent();
  await expect.poll(percent, { timeout: 40_000 }).toBeGreaterThan(before);
  await phone.context().close();
});
