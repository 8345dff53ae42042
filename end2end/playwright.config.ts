// How the journeys are driven: the system's Chromium, nothing downloaded.
import { defineConfig } from "@playwright/test";

const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  timeout: 30_000,
  expect: { timeout: 5_000 },
  forbidOnly: Boolean(process.env.CI),
  // Every journey has its own server and some measure time; side by side they would measure each other.
  workers: 1,
  // Where that many fail, it is something that all of them need: an hour of waiting for each says nothing more.
  maxFailures: process.env.CI ? 12 : 0,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    // A journey sees what the page asks for; what a worker answers in its place has a journey of its own.
    serviceWorkers: "block",
    trace: "retain-on-failure",
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
