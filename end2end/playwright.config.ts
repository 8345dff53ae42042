// How the journeys run: the system's Chromium, nothing downloaded.
import { defineConfig } from "@playwright/test";

const root = process.getuid?.() === 0;

/** Journeys that measure time, or in which two race. */
const ALONE = /(booking-day|first-swipe|path|swipe|turn)\.spec\.ts$/;

/** Journeys that mostly wait: for the end of a video, or for a board's next try. */
const WAITING = /(outage|training|watching)\.spec\.ts$/;

/** The README's commands, which build. */
const README = /readme\.spec\.ts$/;

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  // Every journey has its own server, so their order does not matter. `cargo xtask test` runs the projects one after
  // the other: those that wait four at a time, and the last two with one worker, as side by side they would measure each other.
  fullyParallel: true,
  workers: 2,
  projects: [
    { name: "beside", testIgnore: [ALONE, WAITING, README] },
    { name: "waiting", testMatch: WAITING },
    { name: "alone", testMatch: ALONE },
    { name: "readme", testMatch: README },
  ],
  // With that many failures the cause is shared, and waiting an hour for the rest tells nothing more.
  maxFailures: process.env.CI ? 12 : 0,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    // A missing button fails at once, not when the journey's whole time is up.
    actionTimeout: 30_000,
    locale: "en-GB",
    // A journey sees what the page requests; the worker's answers have a journey of their own.
    serviceWorkers: "block",
    // Recording every action costs a fifth of the time, and CI retains nothing but its log.
    trace: process.env.CI ? "off" : "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Chromium's sandbox refuses to start for root.
        ...(root ? ["--no-sandbox"] : []),
      ],
    },
  },
});
