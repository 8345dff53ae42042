// Passkeys in Chromium's virtual authenticator: added, used to sign in with and without the button, as the second factor, removed;
// and what a browser without script is told.

import { type CDPSession, type Page } from "@playwright/test";
import { accessibleInBothThemes, expect, hydrated, type Lab, test } from "./lab.ts";
import { ADA, digits, setUpLink } from "./start.ts";

// Chromium warns that there are authenticators with RSA alone: those are refused on purpose.
test.use({ expected: /pubKeyCredParams is missing/ });

/** Starts an empty workshop at a name: browsers make no passkeys for addresses. */
async function serve(lab: Lab) {
  await lab.serve();
  const { port } = new URL(lab.url);
  await lab.server!.end();
  const site = `http://localhost:${port}`;
  await lab.serve("--public-url", site);
  return site;
}

async function openWorkshop(lab: Lab, page: Page, site: string, script = true) {
  await page.goto(site + (await setUpLink(lab)));
  if (script) await hydrated(page);
  await page.getByLabel("Name of the workshop").fill("Talvera Workshop");
  await page.getByLabel("Your name").fill(ADA.name);
  await page.getByLabel("E-mail").fill(ADA.email);
  await page.getByLabel("Choose a password").fill(ADA.password);
  await page.getByRole("button", { name: "Open workshop" }).click();
  await page.waitForURL(`${site}/start`);
}

/** A phone that checks its user, at the browser of `page`. It answers only while it is `touched`. */
class Phone {
  private constructor(
    private readonly devtools: CDPSession,
    private readonly id: string,
  ) {}

  static async at(page: Page, isUserVerified = true) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified,
        automaticPresenceSimulation: false,
      },
    });
    return new Phone(devtools, authenticatorId);
  }

  async touched(enabled = true) {
    await this.devtools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: this.id, enabled });
  }

  async verifies(isUserVerified: boolean) {
    await this.devtools.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }

  async keys() {
    return (await this.devtools.send("WebAuthn.getCredentials", { authenticatorId: this.id })).credentials;
  }
}

async function addPasskey(page: Page, site: string, name: string) {
  await page.goto(`${site}/me/security`);
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).last().fill(name);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.waitForURL("**/me/security?done=added");
  await expect(page.getByRole("main")).toContainText(name);
}

/** An open page would load itself again when its session ends. */
const signOut = async (page: Page) => {
  await page.goto(new URL("/healthz", page.url()).href);
  await page.context().clearCookies();
};

test("passkey: added, signs in by its button, renamed, removed", async ({ lab, page }) => {
  const site = await serve(lab);
  await openWorkshop(lab, page, site);
  const phone = await Phone.at(page);
  await phone.touched();
  await page.goto(`${site}/me/security`);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 way in");
  await accessibleInBothThemes(page);
  await addPasskey(page, site, "Test phone");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 ways in");
  const [key] = await phone.keys();
  expect(key!.isResidentCredential, "it can be used without a name").toBe(true);
  expect(key!.rpId).toBe("localhost");

  await signOut(page);
  await phone.touched(false);
  await page.goto(`${site}/sign-in?to=/me/security`);
  await hydrated(page);
  await phone.touched();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(`${site}/me/security`);
  await expect(page.getByRole("main")).toContainText("used today");

  await page.getByText("Change", { exact: true }).first().click();
  await page.getByLabel("Name", { exact: true }).first().fill("Old phone");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.waitForURL("**/me/security?done=renamed");
  await expect(page.getByRole("main")).toContainText("Old phone");
  await page.getByText("Change", { exact: true }).first().click();
  await page.getByRole("button", { name: /^Remove: Old phone/ }).click();
  await page.waitForURL("**/me/security?done=removed");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 way in");

  await signOut(page);
  await phone.touched(false);
  await page.goto(`${site}/sign-in`);
  await hydrated(page);
  await phone.touched();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "passkey" })).toContainText("This passkey doesn’t work here");
});

test("passkey: offered by the browser in the field for the address", async ({ lab, page }) => {
  const site = await serve(lab);
  await openWorkshop(lab, page, site);
  const phone = await Phone.at(page);
  await phone.touched();
  await addPasskey(page, site, "Test phone");
  await signOut(page);
  // The virtual authenticator chooses the only passkey by itself, as soon as the page asks for any: maybe before all is loaded.
  await page.goto(`${site}/sign-in?to=/me/security`, { waitUntil: "commit" });
  await page.waitForURL(`${site}/me/security`);
});

test("passkey: instead of the code of an authenticator, and before a change", async ({ lab, page }) => {
  const site = await serve(lab);
  await openWorkshop(lab, page, site);
  const phone = await Phone.at(page);
  await phone.touched();
  await addPasskey(page, site, "Test phone");
  await page.goto(`${site}/me/second-factor`);
  await hydrated(page);
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByLabel("The six digits").fill(digits(await page.locator("code.key").innerText()));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();

  await signOut(page);
  await phone.touched(false);
  await page.goto(`${site}/sign-in?to=/me/security`);
  await hydrated(page);
  await page.getByLabel("E-mail").fill(ADA.email);
  await page.getByLabel("Password", { exact: true }).fill(ADA.password);
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/second-factor?to=/me/security");
  await hydrated(page);
  await phone.touched();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(`${site}/me/security`);

  await page.goto(`${site}/me/security/prove?to=/me/security`);
  await hydrated(page);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(`${site}/me/security`);
  await page.goto(`${site}/me/security/prove?to=/me/security`);
  await hydrated(page);
  await page.getByLabel("Password", { exact: true }).fill("not my password");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
});

test("passkey: a phone that does not check its user is refused in words", async ({ lab, page }) => {
  const site = await serve(lab);
  await openWorkshop(lab, page, site);
  const phone = await Phone.at(page, false);
  await phone.touched();
  await page.goto(`${site}/me/security`);
  await hydrated(page);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "No passkey was used" })).toBeVisible();
  expect(await phone.keys()).toHaveLength(0);
  await phone.verifies(true);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.waitForURL("**/me/security?done=added");
});

test("passkey: without script the page says what is missing", async ({ lab, browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" })).newPage();
  const site = await serve(lab);
  await openWorkshop(lab, page, site, false);
  await page.goto(`${site}/me/security`);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Passkeys need JavaScript" })).toBeVisible();
  await signOut(page);
  await page.goto(`${site}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Passkeys need JavaScript" })).toBeVisible();
  await page.context().close();
});

test("passkey: a site without a name has none", async ({ lab, page }) => {
  await lab.serve();
  await openWorkshop(lab, page, lab.url);
  await page.goto(`${lab.url}/me/security`);
  await expect(page.getByRole("main")).toContainText("Passkeys need a site with a name and HTTPS");
  await expect(page.getByRole("button", { name: "Add a passkey" })).toHaveCount(0);
  await signOut(page);
  await page.goto(`${lab.url}/sign-in`);
  await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toHaveCount(0);
});
