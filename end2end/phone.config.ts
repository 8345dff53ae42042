// Timing of pages on a slow phone: like the journeys, but without their time limits, and from a file of its own.
import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

export default defineConfig({
  ...journeys,
  projects: undefined,
  workers: 1,
  testMatch: "phone.ts",
  timeout: 0,
  use: { ...journeys.use, trace: "off", navigationTimeout: 120_000, ignoreHTTPSErrors: true, viewport: { width: 390, height: 844 } },
});
