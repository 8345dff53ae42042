// Slack: an administrator replaces the app, chooses a channel and sends a test; a refusal of Slack is explained.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { accessible, enter, expect, hydrated, test } from "./lab.ts";

const TOKEN = "xoxb-journey-token";

/** A stand-in for Slack. */
async function standIn() {
  const posted: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const fields = new URLSearchParams(body);
      const channel = fields.get("channel") ?? "";
      const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
      const method = request.url!.replace("/api/", "");
      const error = !isKnown ? "invalid_auth" : channel === "#wood-team" ? "is_archived" : "";
      if (!error && method === "chat.postMessage") posted.push(`${channel} ${fields.get("text")}`);
      const more = { team: "Talvera", team_id: "T0TALVERA", channels: [{ name: "machines" }] };
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(error ? { ok: false, error } : { ok: true, ...more }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, posted, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("Slack: connected by its token, posts to a channel and explains a refusal", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const slack = await standIn();
  await lab.demo("--no-boards", "--slack-api", slack.url, "--allow-host", "127.0.0.1");
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/slack`);
  await hydrated(page);
  const main = page.getByRole("main");

  // The demo's own app is replaced.
  await main.getByText("Replace token").first().click();
  const replace = main.getByRole("button", { name: "Replace token" });
  await main.getByLabel("Bot token").fill("xoxb-another-token");
  await main.getByLabel("Signing secret").fill("8f742231b10e8888abcd99yyyzzz85a5");
  await replace.click();
  await expect(main.getByText("Slack refuses the token.")).toBeVisible();
  await main.getByLabel("Bot token").fill(TOKEN);
  await replace.click();
  await expect(main.getByText("Talvera, last answer")).toBeVisible();
  expect(await page.content()).not.toContain(TOKEN);

  const blocked = main.getByRole("listitem").filter({ has: page.locator('input[value="machine.blocked"]') }).first();
  await blocked.getByRole("combobox").fill("wood-team");
  await blocked.getByRole("button", { name: "Save" }).click();
  await blocked.getByRole("button", { name: "Send a test" }).click();
  await expect(blocked.getByText("channel archived")).toBeVisible();
  await blocked.getByRole("combobox").fill("#machines");
  await blocked.getByRole("button", { name: "Save" }).click();
  await blocked.getByRole("button", { name: "Send a test" }).click();
  await expect.poll(() => slack.posted.length).toBe(1);
  expect(slack.posted[0]).toContain("#machines Test: notices");
  await accessible(page, "/slack");
  slack.server.close();
});
