// Measures a member's pages on a slow phone, cold and warm, and how long they block the thread, and writes the tables
// of BENCHMARKS.md. Over TLS, because only there browsers accept brotli; the server is the development build, so its response time is in the
// figures.
//
// Network and processor are throttled by Chromium. Without the service worker, whose fetches are not throttled:
// with it a second visit is faster than reported here.

import type { Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { enter, expect, hydrated, type Lab, test } from "./lab.ts";

const ROUNDS = 5;
const NETWORKS = {
  "slow 3G: 400 kbit/s, 400 ms": { kilobits: 400, latency: 400 },
  "slow 4G: 1.6 Mbit/s, 150 ms": { kilobits: 1_600, latency: 150 },
};
const CPU = 4;

const median = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;
const seconds = (of: number[]) => (median(of) / 1_000).toFixed(1);

async function slowed(page: Page, { kilobits, latency }: { kilobits: number; latency: number }) {
  const devtools = await page.context().newCDPSession(page);
  const throughput = (kilobits * 1_000) / 8;
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU });
}

/**
 * Measures, from the request of the document, when it could be read – its links and forms work then – and when its
 * buttons responded.
 */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const times: Record<string, number> = {};
    Object.assign(window, { times });
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") times.read = startTime;
    }).observe({ type: "paint", buffered: true });
    new MutationObserver(() => {
      if (document.documentElement.dataset.hydrated !== undefined) times.answers ??= performance.now();
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-hydrated"] });
  });
}

async function times(page: Page) {
  await hydrated(page);
  const handle = await page.waitForFunction(() => {
    const { times } = window as unknown as { times: Record<string, number> };
    return times.read !== undefined && times.answers !== undefined && times;
  });
  return (await handle.jsonValue()) as { read: number; answers: number };
}

async function secure(lab: Lab) {
  const [cert, key] = [join(lab.folder, "cert.pem"), join(lab.folder, "key.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", ...names, "-out", cert, "-keyout", key], { stdio: "ignore" });
  await lab.demo("--no-boards", "--tls-cert", cert, "--tls-key", key);
}

test("a member on a slow phone", async ({ lab, browser }) => {
  await secure(lab);
  const door = await browser.newContext();
  const first = await door.newPage();
  await enter(lab, first, "a member");
  const storageState = await door.storageState();
  await door.close();
  const rows: string[] = [];
  for (const [network, conditions] of Object.entries(NETWORKS)) {
    const cold = { read: [] as number[], answers: [] as number[] };
    const warm = { read: [] as number[], answers: [] as number[] };
    const machine: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // A new context, so nothing is cached.
      const context = await browser.newContext({ storageState });
      const page = await context.newPage();
      await watch(page);
      await slowed(page, conditions);
      for (const visit of [cold, warm]) {
        await page.goto(lab.url);
        const { read, answers } = await times(page);
        visit.read.push(read);
        visit.answers.push(answers);
      }
      const begin = Date.now();
      await page.locator("main a[href^='/machines/']").first().click();
      await expect(page.locator("[data-answer]").first()).toBeVisible({ timeout: 60_000 });
      machine.push(Date.now() - begin);
      await context.close();
    }
    rows.push(`| ${network} | ${seconds(cold.read)} | ${seconds(cold.answers)} | ${seconds(warm.read)} | ${seconds(warm.answers)} | ${seconds(machine)} |`);
  }
  write("phone", [
    `Now, of a member of the demo, on a processor ${CPU} times slower; seconds, median of ${ROUNDS}.`,
    "",
    "| network | cold: read | cold: buttons answer | again: read | again: buttons answer | from Now to a machine’s answer |",
    "|---|---|---|---|---|---|",
    ...rows,
  ]);
});

test("how long pages block the thread", async ({ lab, browser }) => {
  await lab.demo("--no-boards");
  const door = await browser.newContext();
  await enter(lab, await door.newPage(), "a member");
  const storageState = await door.storageState();
  await door.close();
  const rows: string[] = [];
  for (const path of ["/", "/book", "/machines/1"]) {
    const blocked: number[] = [];
    const longest: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const context = await browser.newContext({ storageState });
      const page = await context.newPage();
      await page.addInitScript(() => {
        const tasks: { startTime: number; duration: number }[] = [];
        Object.assign(window, { tasks });
        new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
      });
      await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: CPU });
      await page.goto(lab.url + path);
      await hydrated(page);
      // What starts once the page is there counts, too.
      await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
      const over = await page.evaluate(() => {
        const painted = performance.getEntriesByName("first-contentful-paint")[0]!.startTime;
        const { tasks } = window as unknown as { tasks: { startTime: number; duration: number }[] };
        return tasks.filter(({ startTime, duration }) => startTime + duration > painted).map(({ duration }) => duration);
      });
      blocked.push(over.reduce((sum, duration) => sum + duration - 50, 0));
      longest.push(Math.max(0, ...over));
      await context.close();
    }
    rows.push(`| \`${path}\` | ${median(blocked).toFixed(0)} | ${Math.max(...blocked).toFixed(0)} | ${median(longest).toFixed(0)} |`);
  }
  write("blocking", [
    `Pages of a member of the demo, on a processor ${CPU} times slower, without a slow network: milliseconds by which tasks after the first paint last longer than 50, ${ROUNDS} rounds.`,
    "",
    "| page | blocked, median | most | longest task, median |",
    "|---|---|---|---|",
    ...rows,
  ]);
});

/** Writes a table of BENCHMARKS.md between its two marks. */
function write(name: string, lines: string[]) {
  const day = new Date().toISOString().slice(0, 10);
  const load = loadavg()[0]!.toFixed(1);
  const table = [`\`cargo xtask bench phone\` · ${day} · ${cpus().length} cores, ${cpus()[0]!.model.trim()}, load ${load} at the end`, "", ...lines].join("\n");
  console.log(table);
  const file = resolve("../BENCHMARKS.md");
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text.slice(0, text.indexOf(begin) + begin.length)}\n${table}\n${text.slice(text.indexOf(end))}`);
}
