// House rules: a member signs them on a phone, a manager publishes another version meanwhile, and a paper is ticked for several.

import { accessible, enter, expect, hydrated, test } from "./lab.ts";

test("document: a replaced version is refused with the new text, then signed, and the list counts it", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const open = async (width: number, height: number) =>
    (await browser.newContext({ viewport: { width, height }, locale: "en-GB" })).newPage();
  const [desk, phone] = [await open(1280, 800), await open(390, 844)];
  await enter(lab, desk, "an administrator");
  await enter(lab, phone, "a member");

  await desk.goto(`${lab.url}/documents`);
  await hydrated(desk);
  const rules = desk.getByRole("listitem").filter({ hasText: "House rules" });
  await expect(rules).toContainText("1 missing");
  await accessible(desk, "documents");
  await desk.getByLabel("Title").fill("Fire drill");
  await desk.getByRole("textbox", { name: "Text", exact: true }).fill("Leave by the **yard door**. <script>alert(1)</script>");
  await desk.getByRole("button", { name: "Create document" }).click();
  const drill = desk.getByRole("listitem").filter({ hasText: "Fire drill" });
  await expect(drill).toContainText("Draft");
  await drill.getByRole("link", { name: "Fire drill", exact: true }).click();
  await desk.waitForURL("**/documents/*/edit");
  await hydrated(desk);
  await expect(desk.getByRole("region", { name: "Publish version" })).toContainText("people have to sign it");
  await accessible(desk, "a document before it is published");
  await desk.getByRole("button", { name: "Publish version" }).click();
  await expect(desk.getByText("Version 1 is published.")).toBeVisible();

  await phone.goto(`${lab.url}/me`);
  await hydrated(phone);
  await expect(phone.getByText("1 document to sign").first()).toBeVisible();
  await phone.getByRole("link", { name: "Read and sign" }).click();
  await phone.getByRole("link", { name: /^Fire drill/ }).click();
  await hydrated(phone);
  await expect(phone.locator(".prose strong")).toHaveText("yard door");
  await expect(phone.locator(".prose script")).toHaveCount(0);
  await accessible(phone, "a document to sign");

  await desk.getByRole("textbox", { name: "Text", exact: true }).fill("Leave by the **main door**.");
  await desk.getByRole("button", { name: "Save changes" }).click();
  // Saved: what is published is the saved text, not the one in the form.
  await expect(desk.getByRole("region", { name: "Publish version" })).not.toContainText("The saved text is the published version.");
  await desk.getByRole("button", { name: "Publish version" }).click();
  await expect(desk.getByText("Version 2 is published.")).toBeVisible();

  await expect(phone.locator(".prose strong"), "a text does not change while it is read").toHaveText("yard door");
  await phone.getByLabel("Your name").fill("Sam Carter");
  await phone.getByLabel("I have read this and agree to it").check();
  await phone.getByRole("button", { name: "Sign" }).click();
  await expect(phone.getByText("This text was replaced meanwhile.")).toBeVisible();
  await expect(phone.locator(".prose strong"), "the new one is on the page").toHaveText("main door");
  await phone.getByRole("button", { name: "Sign" }).click();
  await expect(phone.getByText(/^Signed as Sam Carter/)).toBeVisible();
  await accessible(phone, "a signed document");

  await desk.getByRole("link", { name: "Who signed" }).click();
  await desk.waitForURL("**/documents/*/people");
  await expect(desk.getByRole("table").getByRole("link", { name: "Sam Carter" })).toBeVisible();
  await accessible(desk, "who signed");
  for (const page of [desk, phone]) await page.context().close();
});

test("document without script: signing needs a name and a tick, and keeps the input", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ locale: "en-GB", javaScriptEnabled: false })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/documents`);
  await desk.getByLabel("Title").fill("Waiver");
  await desk.getByRole("textbox", { name: "Text", exact: true }).fill("At my own risk.");
  await desk.getByRole("button", { name: "Create document" }).click();
  await desk.getByRole("listitem").filter({ hasText: "Waiver" }).getByRole("link", { name: "Waiver", exact: true }).click();
  await desk.getByRole("button", { name: "Publish version" }).click();
  await desk.goto(`${lab.url}/me/documents`);
  await desk.getByRole("link", { name: /^Waiver/ }).click();
  await desk.getByLabel("Your name").fill("Marta Ferri");
  await desk.getByRole("button", { name: "Sign" }).click();
  await expect(desk.getByText("Tick that you have read it and agree.")).toBeVisible();
  await expect(desk.getByLabel("Your name")).toHaveValue("Marta Ferri");
  await desk.getByLabel("I have read this and agree to it").check();
  await desk.getByRole("button", { name: "Sign" }).click();
  await expect(desk.getByText(/^Signed as Marta Ferri/)).toBeVisible();
  await desk.context().close();
});

test("paper: ticked for several people at once, and unticked by undo", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const desk = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/documents`);
  await hydrated(desk);
  await desk.getByLabel("Title").fill("Key deposit");
  await desk.getByLabel("Confirmed by").selectOption("paper");
  await desk.getByRole("textbox", { name: "Text", exact: true }).fill("The receipt of the deposit.");
  await desk.getByRole("button", { name: "Create document" }).click();
  await desk.getByRole("listitem").filter({ hasText: "Key deposit" }).getByRole("link", { name: "Key deposit", exact: true }).click();
  await hydrated(desk);
  await desk.getByRole("button", { name: "Publish version" }).click();
  await expect(desk.getByText("Version 1 is published.")).toBeVisible();
  await desk.getByRole("link", { name: "Who signed" }).click();
  await desk.waitForURL("**/documents/*/people");
  await hydrated(desk);
  for (const name of ["Sam Carter", "Li Wen"]) await desk.getByLabel(`Choose ${name}`).check();
  await desk.getByRole("button", { name: "Tick as handed in" }).click();
  await expect(desk.getByRole("table").getByRole("link")).toHaveCount(2);
  await desk.locator(".toast").getByRole("button", { name: /^Undo/ }).click();
  await expect(desk.getByLabel("Choose Sam Carter")).toBeVisible();
  await desk.context().close();
});
