// Signing in at a real OpenID Connect provider (npm `oidc-provider`) on this machine: set up, linked, signed out; and by strangers.

import { type Page } from "@playwright/test";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { accessibleInBothThemes, expect, hydrated, type Lab, test } from "./lab.ts";
import { ADA, firstStart } from "./start.ts";

const SECRET = "a:secret/with+signs%";

/** A provider with one client: the server of `lab`. `rotate` replaces its key. */
class University {
  private server!: Server;
  private provider!: Provider;
  private readonly site: string;

  private constructor(lab: Lab) {
    this.site = lab.url;
  }

  static async of(lab: Lab) {
    const university = new University(lab);
    university.server = createServer((request, response) => void university.provider.callback()(request, response));
    await new Promise<void>((done) => university.server.listen(0, "127.0.0.1", done));
    university.rotate();
    return university;
  }

  get issuer() {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  rotate() {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { ...pair.privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
    this.provider = new Provider(this.issuer, {
      clients: [{
        client_id: "toolgate",
        client_secret: SECRET,
        redirect_uris: [`${this.site}/sign-in/provider/callback`],
        post_logout_redirect_uris: [`${this.site}/sign-in`],
      }],
      jwks: { keys: [key] },
      cookies: { keys: ["k"] },
      pkce: { required: () => true },
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
      features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@uni.example`, email_verified: true, name: `Person ${id}`, groups: ["laser"] }),
      }),
    });
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Signs in at the provider as `who`, and agrees unless they did before. */
async function signInThere(page: Page, who: string, agrees = true) {
  await page.locator("input[name=login]").fill(who);
  await page.locator("input[name=password]").fill("x");
  await page.locator("button[type=submit]").click();
  if (agrees) await page.locator("form:has(input[value=consent]) button[type=submit]").click();
}

/** Ada's workshop, whose server may reach this machine, with the university as its provider. */
async function setUp(lab: Lab, page: Page, admission = "existing") {
  await firstStart(lab, page);
  await lab.server!.end();
  await lab.serve("--allow-host", "127.0.0.1");
  const university = await University.of(lab);
  // The provider's own page requests a font from elsewhere.
  await page.context().route("https://fonts.googleapis.com/**", (route) => route.fulfill({ contentType: "text/css", body: "" }));
  await page.goto(`${lab.url}/sign-in-providers`);
  await hydrated(page);
  await expect(page.getByRole("main")).toContainText("No sign-in providers yet");
  await page.getByLabel("Name on the button").fill("University account");
  await page.getByLabel("Issuer").fill(university.issuer);
  await page.getByLabel("Client ID").fill("toolgate");
  await page.getByLabel("Client secret").fill(SECRET);
  await page.getByLabel("People without an account here").selectOption(admission);
  await page.getByRole("button", { name: "Add provider" }).click();
  await expect(page.getByRole("main")).toContainText("Provider added.");
  return university;
}

test("university account: added, tested, linked, signed out and in again", async ({ lab, page }) => {
  const university = await setUp(lab, page);
  await page.getByRole("button", { name: "Test: University account" }).click();
  await expect(page.getByRole("main")).toContainText("University account answers and can sign people in.");
  await page.getByRole("link", { name: /^Edit ?: University account$/ }).click();
  await expect(page.getByLabel("Client secret")).toHaveValue("");
  await accessibleInBothThemes(page, "provider");

  await page.goto(`${lab.url}/me/security`);
  await hydrated(page);
  await page.getByRole("button", { name: "Link: University account" }).click();
  await signInThere(page, "ada");
  await page.waitForURL(`${lab.url}/me/security?done=linked`);
  await expect(page.getByRole("main")).toContainText("Account linked.");

  await page.goto(`${lab.url}/me`);
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL((url) => url.pathname !== "/me");
  university.rotate();
  await page.goto(`${lab.url}/sign-in?to=/me/sessions`);
  await hydrated(page);
  await accessibleInBothThemes(page, "sign-in");
  await page.getByRole("button", { name: "University account" }).click();
  await signInThere(page, "ada");
  await page.waitForURL(`${lab.url}/me/sessions`);

  // Before a change the provider asks again, though it remembers her.
  await page.goto(`${lab.url}/me/security`);
  await hydrated(page);
  await page.getByRole("link", { name: "Confirm it’s you" }).click();
  await page.getByRole("button", { name: "University account" }).click();
  await signInThere(page, "ada", false);
  await page.waitForURL(`${lab.url}/me/security`);
  await expect(page.getByRole("button", { name: "Unlink: University account" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Confirm it’s you" })).toHaveCount(0);

  await page.getByRole("button", { name: "Sign out here and at University account" }).click();
  await page.locator("button[name=logout]").click();
  await page.waitForURL(`${lab.url}/sign-in*`);
  await page.goto(`${lab.url}/me/sessions`);
  await expect(page.getByRole("main")).not.toContainText(ADA.name);
  await university.close();
});

test("university account: works without script, and says when it is cancelled", async ({ lab, page, browser }) => {
  const university = await setUp(lab, page, "applicants");
  const plain = await (await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" })).newPage();
  await plain.goto(`${lab.url}/sign-in`);
  await plain.getByRole("button", { name: "University account" }).click();
  await plain.getByRole("link", { name: /Cancel/ }).click();
  await expect(plain.getByRole("heading", { level: 1 })).toHaveText("Sign-in cancelled");
  await plain.getByRole("button", { name: "Start over" }).click();
  await signInThere(plain, "emre");
  await plain.waitForURL(`${lab.url}/sign-in/provider`);
  await expect(plain.getByRole("main")).toContainText("University account knows you as Person emre.");
  await plain.getByRole("button", { name: "Ask to join as Person emre" }).click();
  await plain.waitForURL(`${lab.url}/me`);
  await expect(plain.getByRole("heading", { level: 1 })).toHaveText("Person emre");
  await plain.context().close();
  await university.close();
});

test("university account: a stranger is told what to do where it brings in nobody", async ({ lab, page, browser }) => {
  const university = await setUp(lab, page);
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await other.goto(`${lab.url}/sign-in`);
  await hydrated(other);
  await other.getByRole("button", { name: "University account" }).click();
  await signInThere(other, "nobody");
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("You are not a member here yet");
  await accessibleInBothThemes(other, "arrival");
  await expect(other.getByRole("button", { name: /Ask to join/ })).toHaveCount(0);
  await other.getByRole("link", { name: "Other ways to sign in" }).click();
  await other.waitForURL(`${lab.url}/sign-in`);
  await other.context().close();
  await university.close();
});
