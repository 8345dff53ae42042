// A new workshop: set-up, by its first administrator.

import { type Page } from "@playwright/test";
import { createHmac } from "node:crypto";
import { hydrated, type Lab } from "./lab.ts";

export const ADA = { name: "Ada Ferrante", email: "ada@example.org", password: "anvil-teapot-river-47" };

/** Effort on a page: fields filled in, and clicks; selecting from a list is one. */
export class Effort {
  clicks = 0;
  fields = 0;
  constructor(private readonly page: Page) {}

  async fill(label: string, value: string) {
    this.fields++;
    await this.page.getByLabel(label).fill(value);
  }

  async press(button: string | RegExp) {
    this.clicks++;
    await this.page.getByRole("button", { name: button }).click();
  }

  async follow(link: string | RegExp) {
    this.clicks++;
    await this.page.getByRole("main").getByRole("link", { name: link }).click();
  }
}

/** The set-up link that the server prints, as a path. */
export async function setUpLink(lab: Lab) {
  await lab.server!.until(/\/set-up\/\S+/);
  return /\/set-up\/[\w-]+/.exec(lab.server!.output)![0];
}

/** Creates a workshop with Ada as its administrator, at the next set-up step on `page`. */
export async function openWorkshop(lab: Lab, page: Page, script = true, effort = new Effort(page)) {
  await lab.serve();
  await page.goto(lab.url + (await setUpLink(lab)));
  if (script) await hydrated(page);
  await effort.fill("Name of the workshop", "Talvera Workshop");
  await page.getByLabel("Time zone").selectOption("Europe/Rome");
  await page.getByText("English").click();
  effort.clicks += 2;
  await effort.fill("Your name", ADA.name);
  await effort.fill("E-mail", ADA.email);
  await effort.fill("Choose a password", ADA.password);
  await effort.press("Open workshop");
  await page.waitForURL(`${lab.url}/start`);
}

/** The same, with Ada on *Now*. */
export async function firstStart(lab: Lab, page: Page, script = true) {
  await openWorkshop(lab, page, script);
  await page.goto(`${lab.url}/`);
}

/** The six digits of an authenticator with this key, `steps` of 30 s from now. */
export function digits(key: string, steps = 0) {
  let bits = "";
  for (const letter of key.replaceAll(/[^A-Z2-7]/g, ""))
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", secret).update(step).digest();
  return String((hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
