// A webhook: added on a page, verified by the library of Standard Webhooks, failing, paused and resumed.

import { createServer, type IncomingHttpHeaders } from "node:http";
import { Webhook } from "standardwebhooks";
import { accessible, accessibleInBothThemes, blockMachine, enter, expect, hydrated, test } from "./lab.ts";

type Arrived = { headers: IncomingHttpHeaders; body: string };

/** Another program's server: what arrived there, and what it answers. */
async function receiver() {
  const arrived: Arrived[] = [];
  const state = { status: 204, text: "" };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      arrived.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      response.writeHead(state.status).end(state.text);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  return { arrived, state, address: `http://127.0.0.1:${port}/in`, close: () => server.close() };
}

/** What the library makes of a request; it throws where the signature is not by `secret`. */
function verified({ headers, body }: Arrived, secret: string) {
  const named = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, String(headers[name])]);
  return new Webhook(secret).verify(body, Object.fromEntries(named)) as { type: string; data: { name?: string } };
}

test("webhook: another program is told what happens, and can verify it", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const other = await receiver();
  try {
    await lab.demo("--no-boards", "--allow-host", "127.0.0.1");
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
    const page = await context.newPage();
    await enter(lab, page, "an administrator");
    const main = page.getByRole("main");

    // Added, with its secret once.
    await page.goto(`${lab.url}/webhooks`);
    await hydrated(page);
    await accessibleInBothThemes(page, "webhooks");
    await main.getByRole("link", { name: "Add a webhook" }).click();
    await page.waitForURL(`${lab.url}/webhooks/new`);
    await main.getByLabel("Name").fill("Receiver");
    await main.getByLabel("Address").fill(other.address);
    await main.getByRole("button", { name: "Add webhook" }).click();
    await expect(main.getByText("Choose at least one event.")).toBeVisible();
    await main.getByLabel("A machine is blocked").check();
    await main.getByLabel("A block is lifted").check();
    await accessible(page, "a new webhook");
    await main.getByRole("button", { name: "Add webhook" }).click();
    const secret = await main.getByRole("textbox", { name: "Secret" }).inputValue();
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
    await main.getByRole("link", { name: "Open webhook" }).click();
    await page.waitForURL(/\/webhooks\/\d+$/);
    const address = page.url();
    await expect(main.getByRole("heading", { name: "Nothing happened yet" })).toBeVisible();

    // A test arrives.
    await hydrated(page);
    await main.getByRole("button", { name: "Send a test" }).click();
    await expect(main.getByText(/^The test arrived in/)).toBeVisible();
    expect(verified(other.arrived[0]!, secret).type).toBe("test");
    expect(() => verified({ ...other.arrived[0]!, body: `${other.arrived[0]!.body} ` }, secret)).toThrow();

    // So does what happens.
    await page.goto(`${lab.url}/machines/1`);
    await hydrated(page);
    await blockMachine(page);
    await expect.poll(() => other.arrived.length, { timeout: 20_000 }).toBe(2);
    const told = verified(other.arrived[1]!, secret);
    expect(told.type).toBe("machine.blocked");
    expect(told.data.name).toBeTruthy();
    await page.goto(address);
    await hydrated(page);
    await expect(main.getByRole("heading", { name: "Everything arrived" })).toBeVisible();
    await expect(main.getByRole("row", { name: /machine\.blocked/ })).toContainText("204");
    await accessibleInBothThemes(page, "a webhook");

    // Its server refuses: the page says what it answered, and what is likely wrong.
    Object.assign(other.state, { status: 401, text: "signature mismatch" });
    await main.getByRole("button", { name: /^Send again/ }).click();
    await expect(main.getByRole("heading", { name: "1 event waiting" })).toBeVisible({ timeout: 20_000 });
    await expect(main.getByText("Most likely the secret there is still the old one.").first()).toBeVisible();
    await expect(main.getByText("“signature mismatch”").first()).toBeVisible();

    // A new secret: the old one signs too.
    await main.getByText("New secret", { exact: true }).click();
    await main.getByRole("button", { name: "Replace secret" }).click();
    const fresh = await main.getByRole("textbox", { name: "Secret" }).inputValue();
    other.state.status = 200;
    await main.getByRole("button", { name: "Try 1 now" }).click();
    await expect(main.getByRole("heading", { name: "Everything arrived" })).toBeVisible({ timeout: 20_000 });
    const last = other.arrived.at(-1)!;
    for (const key of [secret, fresh]) expect(verified(last, key).type).toBe("machine.blocked");
    expect(last.headers["webhook-id"]).toBe(other.arrived[1]!.headers["webhook-id"]);

    // Paused: what happens is kept.
    await main.getByRole("button", { name: "Pause" }).click();
    await expect(main.getByRole("heading", { name: "Nothing waits" })).toBeVisible();
    const before = other.arrived.length;
    await page.goto(`${lab.url}/machines/1`);
    await hydrated(page);
    const lift = page.getByRole("button", { name: /^Lift block/ });
    const blocks = await lift.count();
    await lift.first().click();
    await expect(lift).toHaveCount(blocks - 1);
    await page.goto(address);
    await hydrated(page);
    await expect(main.getByRole("heading", { name: "1 event is kept" })).toBeVisible({ timeout: 20_000 });
    expect(other.arrived.length).toBe(before);
    await page.setViewportSize({ width: 390, height: 844 });
    await accessible(page, "a paused webhook on a phone");
    await main.getByRole("button", { name: "Resume and send 1" }).click();
    await expect.poll(() => other.arrived.length, { timeout: 20_000 }).toBe(before + 1);
    expect(verified(other.arrived.at(-1)!, fresh).type).toBe("machine.free");
    await context.close();
  } finally {
    other.close();
  }
});
