// Takes screenshots of every page at three widths, light and dark, in both languages – full, empty, failing and
// forbidden – and lays them out on one sheet, target/shots/index.html. It does not judge them: that is for the
// reader of the sheet.
//
// SHOTS_ONLY: part of an address; other pages are left out.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { enter, hydrated, type Lab, screen, test } from "./lab.ts";
import { PAGES } from "./lazy.ts";
import { firstStart } from "./start.ts";

const FOLDER = resolve("../target/shots");
const WIDTHS = [390, 1280, 1920];
const THEMES = ["light", "dark"] as const;
const LANGUAGES = { en: "en-GB", it: "it-IT" };
const STATES = ["full", "empty", "failing", "forbidden"] as const;

type State = (typeof STATES)[number];
type Role = "an administrator" | "a trainer" | "a member" | "a screen" | "nobody";

const ADDRESSES = {
  "": "/",
  ...Object.fromEntries(Object.entries(PAGES).map(([page, { path }]) => [page, path])),
  // Everybody, where a journey searches for one.
  people: "/people",
  "types/:id": "/types/1",
};
const CHOSEN = Object.entries(ADDRESSES).filter(([page]) => page.includes(process.env.SHOTS_ONLY ?? ""));

const MEMBERS = /^$|^(learn|me|notices|book)(\/|$)|\/report$/;
const TRAINERS = /^(checkouts|availability)(\/|$)/;
const ANYBODYS = /^(sign-in|apply|forgotten|unsubscribe|second-factor|link\/:token|set-up\/:token)$/;

/** The role that sees most on a page. */
function role(page: string): Role {
  if (ANYBODYS.test(page)) return "nobody";
  if (page === "kiosk" || page === "kiosk/sign") return "a screen";
  if (TRAINERS.test(page)) return "a trainer";
  return MEMBERS.test(page) ? "a member" : "an administrator";
}

const nameOf = (page: string) => page.replaceAll(/[^a-z0-9]+/g, "_") || "home";

async function photograph(page: Page, name: string, state: State, language: string) {
  for (const width of WIDTHS) {
    for (const theme of THEMES) {
      await page.setViewportSize({ width, height: width < 500 ? 844 : width < 1500 ? 800 : 1080 });
      await page.emulateMedia({ colorScheme: theme });
      const path = join(FOLDER, `${name}.${state}.${language}.${width}.${theme}.jpg`);
      await page.screenshot({ path, fullPage: true, type: "jpeg", quality: 70, animations: "disabled" });
    }
  }
}

/** Follows a link to `path` while the server answers no data requests. */
async function follow(page: Page, lab: Lab, path: string) {
  await page.goto(`${lab.url}/`);
  await hydrated(page);
  await page.route("**/api/**", (route) => route.abort());
  await page.evaluate((path) => {
    const link = Object.assign(document.createElement("a"), { href: path });
    document.querySelector("main")!.append(link);
    link.click();
  }, path);
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true], .skeleton"), undefined, { timeout: 5_000 }).catch(() => {});
}

class Visitors {
  private known = new Map<string, Awaited<ReturnType<BrowserContext["storageState"]>>>();

  constructor(
    private readonly lab: Lab,
    private readonly browser: Browser,
  ) {}

  /** A page of `role`, in a language; a demo's links let each of them in once. */
  async page(role: Role, locale: string) {
    const context = await this.browser.newContext({ locale, ...(this.known.has(role) && { storageState: this.known.get(role)! }) });
    const page = await context.newPage();
    if (!this.known.has(role)) {
      if (role === "a screen") await screen(this.lab, page);
      else if (role !== "nobody") await enter(this.lab, page, role);
      this.known.set(role, await context.storageState());
    }
    return page;
  }
}

test("full, failing and forbidden", async ({ lab, browser }) => {
  mkdirSync(FOLDER, { recursive: true });
  await lab.demo();
  const visitors = new Visitors(lab, browser);
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    const pages = new Map<Role, Page>();
    const pageOf = async (role: Role) => {
      if (!pages.has(role)) pages.set(role, await visitors.page(role, locale));
      return pages.get(role)!;
    };
    for (const [name, path] of CHOSEN) {
      const whose = role(name);
      const page = await pageOf(whose);
      await page.goto(lab.url + path);
      await hydrated(page);
      await photograph(page, nameOf(name), "full", language);
      if (whose !== "nobody" && whose !== "a screen") {
        await follow(page, lab, path);
        await photograph(page, nameOf(name), "failing", language);
        await page.unroute("**/api/**");
      }
      if (whose !== "nobody") {
        const stranger = await pageOf(whose === "a member" || whose === "a screen" ? "nobody" : "a member");
        await stranger.goto(lab.url + path);
        await hydrated(stranger);
        await photograph(stranger, nameOf(name), "forbidden", language);
      }
    }
    for (const page of pages.values()) await page.context().close();
  }
});

test("empty", async ({ lab, browser }) => {
  mkdirSync(FOLDER, { recursive: true });
  const first = await (await browser.newContext({ locale: LANGUAGES.en })).newPage();
  await firstStart(lab, first);
  const storageState = await first.context().storageState();
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    const context = await browser.newContext({ locale, storageState });
    // The language of an account takes precedence over the browser's.
    await context.addCookies([{ name: "lang", value: language, url: lab.url }]);
    const page = await context.newPage();
    for (const [name, path] of CHOSEN.filter(([name]) => role(name) !== "nobody")) {
      await page.goto(lab.url + path);
      await hydrated(page);
      await photograph(page, nameOf(name), "empty", language);
    }
    await page.context().close();
  }
  await first.context().close();
});

/** One row for each page and state, narrow to wide. */
test.afterAll(() => {
  const rows = new Map<string, string[]>();
  for (const file of readdirSync(FOLDER).filter((file) => file.endsWith(".jpg")).sort()) {
    const [page, state, language] = file.split(".");
    const row = `${page} · ${state} · ${language}`;
    rows.set(row, [...(rows.get(row) ?? []), file]);
  }
  const row = ([title, files]: [string, string[]]) =>
    `<section><h2>${title}</h2><div>${files.map((file) => `<a href="${file}"><img src="${file}" alt="${file}" loading="lazy"></a>`).join("")}</div></section>`;
  const style =
    "body{font:14px system-ui;margin:1rem;background:#888}h2{font-size:1rem;margin:1rem 0 .25rem}div{display:flex;gap:.5rem;align-items:start;overflow-x:auto}img{height:24rem;width:auto;object-fit:cover;object-position:top}";
  writeFileSync(
    join(FOLDER, "index.html"),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>${style}</style>${[...rows].map(row).join("")}</html>`,
  );
});
