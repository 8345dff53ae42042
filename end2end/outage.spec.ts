// Servers and brokers die; pages say so, recover by themselves, and no use is lost or duplicated.

import { expect, freePort, hydrated, Lab, MARTA, Mosquitto, row, test } from "./lab.ts";
import type { Page } from "@playwright/test";

/** How many uses the machine's page counts today. */
async function usesToday(page: Page, lab: Lab, id: number) {
  const fresh = await page.context().newPage();
  await fresh.goto(`${lab.url}/machines/${id}`);
  const text = (await fresh.getByRole("main").innerText()).match(/(\d+) uses? today/);
  await fresh.close();
  return text ? Number(text[1]) : 0;
}

test("server killed during a use: page recovers, use survives, stored messages arrive once", async ({ lab, page }) => {
  // A real board waits up to 45 s before it tries again.
  test.setTimeout(150_000);
  await lab.demo("--no-boards");
  const boards = await lab.boards("1,2");
  await page.goto(lab.url);
  await hydrated(page);
  await expect(row(page, 2)).toContainText(/Free|Reserved/);
  const before = [await usesToday(page, lab, 1), await usesToday(page, lab, 2)];
  boards.say(`swipe 1 ${MARTA}`);
  boards.say(`swipe 2 ${MARTA}`);
  await expect(row(page, 1)).toContainText("In use");
  await expect(row(page, 2)).toContainText("In use");

  await lab.server!.end("SIGKILL");
  await expect(page.getByText(/Not live since \d\d:\d\d/)).toBeVisible({ timeout: 10_000 });
  boards.say("logout 2");
  await lab.demo("--no-boards");
  await expect(page.getByText(/Not live since/)).toBeHidden({ timeout: 15_000 });
  await expect(row(page, 1)).toContainText("In use");
  await expect(row(page, 2)).toContainText(/Free|Reserved/, { timeout: 90_000 });
  expect(await usesToday(page, lab, 1), "no double session").toBe(before[0] + 1);
  expect(await usesToday(page, lab, 2), "what the board kept arrived once").toBe(before[1] + 1);

  boards.say("logout 1");
  await expect(row(page, 1)).toContainText(/Free|Reserved/, { timeout: 60_000 });
  expect(await usesToday(page, lab, 1)).toBe(before[0] + 1);
});

test("Mosquitto started late and restarted under load: no use lost", async ({ lab, page }) => {
  test.setTimeout(150_000);
  const broker = new Mosquitto(lab, await freePort());
  await lab.demo("--no-boards", "--mqtt-url", broker.url("toolgate"));
  await page.goto(lab.url);
  await hydrated(page);
  await expect(page.getByText(/Boards not connected since/)).toBeVisible();
  broker.start();
  await expect(page.getByText(/Boards not connected since/)).toBeHidden({ timeout: 15_000 });

  // People come and go at eight machines, two hundred times faster than real time.
  await lab.boards("2-6,8,10", broker.url("board"), "--pace", "200", "--cards", MARTA);
  // Another seed: with the same client id the boards would disconnect each other, as real ones do now and then.
  const boards = await lab.boards("1", broker.url("board"), "--seed", "2");
  const before = await usesToday(page, lab, 1);
  boards.say(`swipe 1 ${MARTA}`);
  await expect(row(page, 1)).toContainText("In use");

  await broker.stop();
  await expect(page.getByText(/Boards not connected since/)).toBeVisible({ timeout: 15_000 });
  await expect(row(page, 1), "what was last known").toContainText("In use");
  boards.say("logout 1");
  broker.start();
  await expect(page.getByText(/Boards not connected since/)).toBeHidden({ timeout: 20_000 });
  await expect(row(page, 1)).toContainText(/Free|Reserved/, { timeout: 90_000 });
  expect(await usesToday(page, lab, 1)).toBe(before + 1);
});

test("failed chunk of a page: retried; abandoned page: no error", async ({ lab, page }) => {
  await lab.demo("--no-boards");
  await page.goto(lab.url);
  await hydrated(page);
  // Each file fails once; the second time it arrives.
  const asked = new Set<string>();
  await page.route("**/*.wasm", async (route) => {
    if (asked.has(route.request().url())) return route.continue();
    asked.add(route.request().url());
    await route.abort("connectionrefused");
  });
  await row(page, 1).click();
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText(/\d+ uses? today/)).toBeVisible();
  expect(asked.size, "pieces that failed once").toBeGreaterThan(0);

  // Files that never arrive, on a page that is left meanwhile.
  await page.unroute("**/*.wasm");
  const main = (url: string) => url.endsWith("toolgate_bg.wasm");
  await page.route("**/*.wasm", (route) => (main(route.request().url()) ? route.continue() : undefined));
  const piece = page.waitForRequest((request) => request.url().endsWith(".wasm") && !main(request.url()));
  await Promise.all([piece, page.goto(`${lab.url}/machines/2`, { waitUntil: "commit" })]);
  await page.goto(`${lab.url}/robots.txt`);
  await page.unroute("**/*.wasm");
  await page.goto(lab.url);
  await hydrated(page);
});
