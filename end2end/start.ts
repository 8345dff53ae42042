// A workshop of one's own: the first start, by its first administrator.

import { type Page } from "@playwright/test";
import { hydrated, type Lab } from "./lab.ts";

export const ADA = { name: "Ada Ferrante", email: "ada@example.org", password: "anvil-teapot-river-47" };

/** The link that the first start prints, as a path. */
export async function setUpLink(lab: Lab) {
  await lab.server!.until(/\/set-up\/\S+/);
  return /\/set-up\/[\w-]+/.exec(lab.server!.output)![0];
}

/** A workshop with Ada as its administrator, who is signed in on `page`. */
export async function firstStart(lab: Lab, page: Page, script = true) {
  await lab.serve();
  await page.goto(lab.url + (await setUpLink(lab)));
  if (script) await hydrated(page);
  await page.getByLabel("Name of the workshop").fill("Talvera Workshop");
  await page.getByLabel("Time zone").selectOption("Europe/Rome");
  await page.getByText("English").click();
  await page.getByLabel("Your name").fill(ADA.name);
  await page.getByLabel("E-mail").fill(ADA.email);
  await page.getByLabel("Choose a password").fill(ADA.password);
  await page.getByRole("button", { name: "Open workshop" }).click();
  await page.waitForURL(`${lab.url}/`);
}
