// The status of the space on another site: read by a script and shown in a frame, and the connections it is one of.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { accessible, enter, expect, hydrated, test } from "./lab.ts";

/** Another site, with this page. */
async function site(html: string) {
  const server = createServer((_, answer) => answer.writeHead(200, { "content-type": "text/html" }).end(html));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  // By its name, so that it is another origin than the lab.
  return { url: `http://localhost:${port}/`, close: () => server.close() };
}

test.use({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });

test("status is published, read and framed by another site", async ({ lab, page }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const off = await page.request.get(`${lab.url}/spaceapi.json`);
  expect(off.status()).toBe(404);
  expect((await off.json()).code).toBe("spaceapi.no-contact");

  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/connections`);
  await hydrated(page);
  await accessible(page, "connections");
  const card = page.getByRole("listitem").filter({ hasText: "SpaceAPI" });
  await expect(card.getByText("Not connected")).toBeVisible();
  await card.getByRole("link", { name: "Turn on SpaceAPI" }).click();
  await page.waitForURL("**/settings#change-space.contact");
  await page.goto(`${lab.url}/settings?at=space&key=space.contact`);
  await hydrated(page);
  await page.getByLabel("Value").fill("no address");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Enter an e-mail address like lab@example.org").first()).toBeVisible();
  await page.getByLabel("Value").fill("lab@lab.example");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByLabel("Address for SpaceAPI")).toHaveValue(/\/spaceapi\.json$/);
  const frame = await page.getByLabel("HTML for your website").inputValue();
  expect(frame).toContain("<iframe src=");

  const other = await site(`<!DOCTYPE html><title>Elsewhere</title>${frame}`);
  try {
    await page.goto(other.url);
    const read = await page.evaluate(async (url) => (await fetch(url)).json(), `${lab.url}/spaceapi.json`);
    expect(read.api_compatibility).toContain("15");
    expect(read.contact).toEqual({ email: "lab@lab.example" });
    const inside = page.frameLocator("iframe");
    await expect(inside.getByRole("heading", { level: 1 })).toBeVisible();
    // The demo has no opening hours, so it says neither open nor closed.
    await expect(inside.getByText("No opening hours")).toBeVisible();
    await expect(inside.getByText(/°C$/)).toBeVisible();
  } finally {
    other.close();
  }
  await page.goto(`${lab.url}/connections`);
  await expect(page.getByRole("listitem").filter({ hasText: "SpaceAPI" }).getByText(/Last read/)).toBeVisible();
});
