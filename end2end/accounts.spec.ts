// Accounts: set-up, sign-in and sign-out, links, passwords and the second factor; with and without script.

import { type Cookie, type Page } from "@playwright/test";
import { accessibleInBothThemes, expect, hydrated, leave, test } from "./lab.ts";
import { ADA, digits, firstStart, setUpLink } from "./start.ts";

async function signIn(page: Page, password = ADA.password) {
  await page.getByLabel("E-mail").fill(ADA.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";

  test(`set-up link: creates a workshop once, ${how}`, async ({ lab, browser }) => {
    const page = await (await browser.newContext({ javaScriptEnabled, locale: "en-GB", timezoneId: "Europe/Vienna" })).newPage();
    await lab.serve();
    const link = await setUpLink(lab);
    await page.goto(lab.url + link);
    if (javaScriptEnabled) {
      await hydrated(page);
      await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Vienna");
    } else {
      await expect(page.getByLabel("Time zone")).toHaveValue("UTC");
    }
    await page.getByLabel("Name of the workshop").fill("Talvera Workshop");
    await page.getByLabel("Time zone").selectOption("Europe/Rome");
    await page.getByLabel("Your name").fill(ADA.name);
    await page.getByLabel("E-mail").fill(ADA.email);
    await page.getByLabel("Choose a password").fill("password12");
    await page.getByRole("button", { name: "Open workshop" }).click();
    // Refused at its field; everything but the secret stays.
    await expect(page.getByLabel("Choose a password")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Choose a password")).toHaveValue("");
    await expect(page.getByLabel("Name of the workshop")).toHaveValue("Talvera Workshop");
    await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Rome");
    await expect(page.getByLabel("Choose a password"), "also without script").toBeFocused();
    await page.getByLabel("Choose a password").fill(ADA.password);
    await page.getByRole("button", { name: "Open workshop" }).click();
    await page.waitForURL(`${lab.url}/start`);
    await page.goto(`${lab.url}/me`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(ADA.name);
    await expect(page.getByRole("main")).toContainText("Administrator");
    expect((await page.goto(lab.url + link))!.status()).toBe(404);
    await expect(page.getByRole("main")).toContainText("This link doesn’t work any more");
    await page.context().close();
  });

  test(`sign-in: returns to the requested page, ${how}`, async ({ lab, browser }) => {
    const page = await (await browser.newContext({ javaScriptEnabled, locale: "en-GB" })).newPage();
    await firstStart(lab, page, javaScriptEnabled);
    await leave(page, lab);
    await page.context().clearCookies();
    expect((await page.goto(`${lab.url}/audit`))!.status()).toBe(401);
    await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL("**/sign-in?to=/audit");
    if (javaScriptEnabled) await page.getByRole("button", { name: "Sign in" }).waitFor();
    await signIn(page, "not my password");
    await expect(page.getByRole("alert")).toContainText("don’t match");
    await expect(page.getByLabel("E-mail")).toHaveValue(ADA.email);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await signIn(page);
    await page.waitForURL(`${lab.url}/audit`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.context().close();
  });

  test(`second factor: set up, required, one recovery code, turned off, ${how}`, async ({ lab, browser }) => {
    const page = await (await browser.newContext({ javaScriptEnabled, locale: "en-GB" })).newPage();
    await firstStart(lab, page, javaScriptEnabled);
    await page.goto(`${lab.url}/me/second-factor`);
    if (javaScriptEnabled) await hydrated(page);
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: "Set up" }).click();
    expect((await answer).headers()["cache-control"], "a key is kept nowhere").toBe("private, no-store");
    const key = await page.locator("code.key").innerText();
    await expect(page.locator(".qr svg")).toBeVisible();
    await page.getByLabel("The six digits").fill("000000");
    await page.getByRole("button", { name: "Turn on" }).click();
    await expect(page.getByLabel("The six digits")).toHaveAttribute("aria-invalid", "true");
    await page.getByLabel("The six digits").fill(digits(key));
    await page.getByRole("button", { name: "Turn on" }).click();
    await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
    const codes = await page.locator(".codes code").allInnerTexts();
    expect(codes).toHaveLength(10);
    await page.getByRole("link", { name: "I’ve saved them" }).click();
    await expect(page.getByRole("main")).toContainText("10 recovery codes are left.");
    await expect(page.locator(".codes")).toHaveCount(0);

    for (const [code, left] of [[digits(key, 1), 10], [codes[0]!, 9]] as const) {
      await leave(page, lab);
      await page.context().clearCookies();
      await page.goto(`${lab.url}/sign-in?to=/me/second-factor`);
      if (javaScriptEnabled) await hydrated(page);
      await signIn(page);
      await page.waitForURL("**/second-factor?to=/me/second-factor");
      // Not signed in before it is shown.
      await expect(page.getByLabel("Code")).toBeVisible();
      if (javaScriptEnabled) await hydrated(page);
      await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Continue" }).click();
      await page.waitForURL("**/me/second-factor");
      await expect(page.getByRole("main")).toContainText(`${left} recovery codes are left.`);
    }
    await page.getByLabel("Password", { exact: true }).fill(ADA.password);
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.waitForURL("**/me/second-factor?done=removed");
    await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
    await page.context().close();
  });
}

test("sign-in by an in-page link: returns to the page", async ({ lab, page }) => {
  await firstStart(lab, page);
  await leave(page, lab);
  await page.context().clearCookies();
  await page.goto(lab.url);
  await hydrated(page);
  await page.getByRole("navigation").getByRole("link", { name: "Me" }).click();
  await page.waitForURL("**/me");
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL("**/sign-in?to=/me");
  await signIn(page);
  await page.waitForURL(`${lab.url}/me`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ADA.name);
});

test("A17: ended session: its cookie is refused", async ({ lab, page, browser }) => {
  await firstStart(lab, page);
  const kept = await page.context().cookies();
  await page.goto(`${lab.url}/me`);
  await hydrated(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${lab.url}/`);
  const other = await browser.newContext({ locale: "en-GB" });
  await other.addCookies(kept);
  const again = await other.newPage();
  await again.goto(`${lab.url}/me`);
  await expect(again.getByRole("main")).toContainText("You are not signed in");
  await other.close();
});

test("changed password: other devices are signed out; one device can be signed out alone", async ({ lab, page, browser }) => {
  await firstStart(lab, page);
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const enter = async () => {
    await other.goto(`${lab.url}/sign-in?to=/me`);
    await hydrated(other);
    await signIn(other);
    await other.waitForURL(`${lab.url}/me`);
  };
  await enter();
  await page.goto(`${lab.url}/me/sessions`);
  await hydrated(page);
  await expect(page.getByRole("main")).toContainText("This device");
  await page.getByRole("button", { name: /^Sign out .+ on / }).click();
  await page.waitForURL("**/me/sessions?done=ended");
  // The open page learns it, and becomes anonymous.
  await expect(other.getByRole("main")).toContainText("You are not signed in");

  await enter();
  await page.goto(`${lab.url}/me/password`);
  await hydrated(page);
  await page.getByLabel("Current password").fill("wrong one here");
  await page.getByLabel("New password").fill("walnut-orbit-lantern-9");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Current password").fill(ADA.password);
  await page.getByLabel("New password").fill("walnut-orbit-lantern-9");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("status").first()).toContainText("Your password is changed");
  // The open page learns it, and becomes anonymous.
  await expect(other.getByRole("main")).toContainText("You are not signed in");
  await other.context().close();
});

test("forgotten password without script: mail, link, signed in", async ({ lab, page, browser }) => {
  await firstStart(lab, page);
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" });
  const mine = await context.newPage();
  await mine.goto(`${lab.url}/sign-in`);
  await mine.getByRole("link", { name: "Forgot password?" }).click();
  for (const address of ["nobody@example.org", ADA.email.toUpperCase()]) {
    await mine.goto(`${lab.url}/forgotten`);
    await mine.getByLabel("E-mail").fill(address);
    await mine.getByRole("button", { name: "Send me a link" }).click();
    await expect(mine.getByRole("heading", { level: 1 })).toHaveText("Check your e-mail");
  }
  let link: string | undefined;
  await expect(async () => {
    const mails = await (await mine.request.get(`${lab.url}/demo/mail`)).text();
    link = /\/link\/[\w-]+/.exec(mails)?.[0];
    expect(link).toBeTruthy();
  }).toPass();
  // Viewing does not use it.
  for (let times = 0; times < 2; times++) await mine.goto(lab.url + link);
  await mine.getByLabel("Choose a password").fill("walnut-orbit-lantern-9");
  await mine.getByRole("button", { name: "Save password" }).click();
  await mine.waitForURL(`${lab.url}/me`);
  await expect(mine.getByRole("heading", { level: 1 })).toHaveText(ADA.name);
  expect((await mine.goto(lab.url + link))!.status()).toBe(404);
  await page.goto(`${lab.url}/me`);
  await expect(page.getByRole("main")).toContainText("You are not signed in");
  await context.close();
});

test("five wrong passwords: wait with remaining time", async ({ lab, page }) => {
  await firstStart(lab, page);
  await leave(page, lab);
  await page.context().clearCookies();
  await page.goto(`${lab.url}/sign-in`);
  for (let times = 0; times < 6; times++) {
    await hydrated(page);
    await Promise.all([page.waitForEvent("load"), signIn(page, `wrong password ${times}`)]);
  }
  await expect(page.getByRole("alert")).toContainText("Try again in");
  await expect(page.getByLabel("E-mail")).toHaveValue(ADA.email);
});

test("return address: only pages of this site", async ({ lab, page }) => {
  await firstStart(lab, page);
  for (const to of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    await leave(page, lab);
    await page.context().clearCookies();
    await page.goto(`${lab.url}/sign-in?to=${encodeURIComponent(to)}`);
    await hydrated(page);
    await signIn(page);
    await page.waitForURL(`${lab.url}/`);
  }
});

test("show-password button: works by keyboard and moves nothing", async ({ lab, page }) => {
  await firstStart(lab, page);
  await leave(page, lab);
  await page.context().clearCookies();
  await page.goto(`${lab.url}/sign-in`);
  await hydrated(page);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("hidden");
  const before = await page.getByRole("button", { name: "Sign in" }).boundingBox();
  await page.getByRole("checkbox", { name: "Show password" }).focus();
  await page.keyboard.press("Space");
  await expect(password).toHaveAttribute("type", "text");
  await expect(password).toHaveValue("hidden");
  expect(await page.getByRole("button", { name: "Sign in" }).boundingBox()).toEqual(before);
});

test("sign-in and account pages: no axe violations in either theme", async ({ lab, page, browser }) => {
  test.setTimeout(240_000);
  await lab.serve();
  const link = await setUpLink(lab);
  /** In Italian on a desk as in English on a phone. */
  const look = async (paths: string[], cookies: Cookie[]) => {
    for (const [locale, width] of [["en-GB", 320], ["it-IT", 1280]] as const) {
      const context = await browser.newContext({ locale, viewport: { width, height: 844 }, reducedMotion: "reduce" });
      const looked = await context.newPage();
      for (const path of paths) {
        // A page may have set cookies of its own.
        await context.clearCookies();
        await context.addCookies(cookies);
        await looked.goto(lab.url + path);
        await hydrated(looked);
        await accessibleInBothThemes(looked, `${path} ${locale} at ${width}`);
      }
      await context.close();
    }
  };
  await look([link, "/sign-in"], []);
  await page.goto(lab.url + link);
  await hydrated(page);
  await page.getByLabel("Name of the workshop").fill("Talvera Workshop");
  await page.getByLabel("Your name").fill(ADA.name);
  await page.getByLabel("E-mail").fill(ADA.email);
  await page.getByLabel("Choose a password").fill(ADA.password);
  await page.getByRole("button", { name: "Open workshop" }).click();
  await page.waitForURL(`${lab.url}/start`);
  await look(["/sign-in", "/forgotten", "/forgotten?sent=1", "/apply", "/second-factor", "/link/gone", "/me", "/audit"], []);
  await look(["/me", "/me/sessions", "/me/password", "/me/second-factor", "/sign-in"], await page.context().cookies());
});
