// A change between the server's render and hydration is on the page as soon as it is hydrated.

import type { BrowserContext, Page, Route } from "@playwright/test";
import { enter, expect, hydrated, type Lab, test } from "./lab.ts";
import { type Change, lazyPages, PAGES, portions } from "./lazy.ts";

const isChunk = (url: string) => url.endsWith(".wasm") && !url.endsWith("toolgate_bg.wasm");

/** Changes things through the API, each time to a new name. */
async function changes(lab: Lab, page: Page) {
  await page.goto(`${lab.url}/me/tokens`);
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill("Changes");
  for (const scope of await page.getByRole("checkbox").all()) await scope.check();
  await page.getByRole("button", { name: "Create token" }).click();
  const authorization = `Bearer ${await page.getByLabel("Token", { exact: true }).inputValue()}`;
  const call = async (method: string, path: string, version?: string, body?: object) => {
    const headers = { authorization, "content-type": "application/json", ...(version ? { "if-match": version } : {}) };
    const answer = await fetch(`${lab.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  let count = 0;
  return async (change: Change) => {
    const name = `${change} ${++count}`;
    const path = { machine: "/machines/1/sheet", place: "/places/1", member: "/people/10", oneself: "/people/1" }[change];
    const kept = await call("GET", path);
    const version = kept.headers.get("etag")!;
    const { saved, position } = await kept.json();
    if (change === "machine") await call("PUT", path, version, { ...saved, name });
    else if (change === "place") await call("PUT", path, version, { name, position });
    else await call("PATCH", path, version, { name });
    return name;
  };
}

/** Records which streams and chunks the page requests, and what it receives. */
function listen() {
  const [Stream, ask] = [EventSource, fetch];
  const heard: string[] = [];
  const chunks: string[] = [];
  const seen = { streams: 0, heard, chunks };
  Object.assign(window, {
    seen,
    fetch: (...wanted: Parameters<typeof fetch>) => {
      chunks.push(String(wanted[0]));
      return ask(...wanted);
    },
    EventSource: class extends Stream {
      constructor(address: string) {
        super(address);
        seen.streams++;
        this.addEventListener("message", ({ data }) => heard.push(data));
      }
    },
  });
}
declare const seen: { streams: number; heard: string[]; chunks: string[] };

const HINTS = { machine: "machine 1", place: "space", member: "person 10", oneself: "person 1" };

test("lazy pages: all listed", () => {
  expect(Object.keys(PAGES).sort()).toEqual(lazyPages());
});

/** Changes something while the page waits for its area. */
async function shown(lab: Lab, context: BrowserContext, change: (what: Change) => Promise<string>, address: string) {
  const { path, change: what, unseen } = PAGES[address]!;
  const late = await context.newPage();
  const held: Route[] = [];
  let open = false;
  await late.route(({ pathname }) => isChunk(pathname), (route) => (open ? route.continue() : void held.push(route)));
  await late.goto(lab.url + path, { waitUntil: "commit" });
  // The main module runs, and waits for the page's area.
  await late.waitForFunction(() => seen.chunks.some((url) => url.endsWith(".wasm") && !url.endsWith("toolgate_bg.wasm")));
  const noun = what ?? "machine";
  const name = await change(noun);
  // A stream that is open already delivers the event before the page can receive it.
  await late.waitForFunction((hint) => seen.streams === 0 || seen.heard.includes(hint), HINTS[noun]);
  const asked: string[] = [];
  late.on("request", (request) => {
    const { pathname } = new URL(request.url());
    // The navigation of every page follows the inbox.
    if (request.method() === "POST" && pathname !== "/api/notices/count") asked.push(pathname);
  });
  open = true;
  for (const route of held) await route.continue();
  await hydrated(late);
  if (what) {
    await expect.poll(() => asked, `${address} asks again`).not.toEqual([]);
    if (!unseen) await expect(late.locator("main"), address).toContainText(name);
  } else {
    await late.waitForFunction((hint) => seen.heard.includes(hint), HINTS[noun]);
    await late.evaluate(() => fetch("/healthz"));
    expect(asked, `${address} follows something: say in lazy.ts what`).toEqual([]);
  }
  await late.close();
}

for (const [name, addresses] of portions(Object.keys(PAGES))) {
  test(`change between render and hydration, ${name}: shown`, async ({ lab, context, page }) => {
    test.setTimeout(240_000);
    await lab.demo("--no-boards");
    await enter(lab, page, "an administrator");
    const change = await changes(lab, page);
    await change("member");
    await context.addInitScript(listen);
    for (const address of addresses) await shown(lab, context, change, address);
  });
}
