// Screenshots of pages: like the journeys, but only as long as they take, and from a file of its own.
import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

export default defineConfig({
  ...journeys,
  projects: undefined,
  workers: 1,
  testMatch: "shots.ts",
  timeout: 0,
  use: { ...journeys.use, trace: "off", navigationTimeout: 30_000 },
});
