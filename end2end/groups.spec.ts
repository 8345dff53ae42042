// Groups in the browser: an admin on a phone lets people in, and invited people join.

import { accessible, enter, expect, hydrated, test } from "./lab.ts";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en-GB" };

for (const javaScriptEnabled of [true, false]) {
  const way = javaScriptEnabled ? "with script" : "without script";
  test(`group on a phone: request accepted, person invited, link made, ${way}`, async ({ lab, browser }) => {
    test.setTimeout(120_000);
    await lab.demo("--no-boards");
    const phone = await (await browser.newContext({ ...PHONE, javaScriptEnabled })).newPage();
    const ready = () => (javaScriptEnabled ? hydrated(phone) : Promise.resolve());
    await enter(lab, phone, "a member");
    const main = phone.getByRole("main");
    await phone.goto(`${lab.url}/groups`);
    await ready();
    if (javaScriptEnabled) await accessible(phone, "groups of a member");
    await main.getByRole("link", { name: "Bookbinders" }).click();
    await ready();
    const members = main.getByRole("listitem");
    await expect(members.filter({ hasText: "Asks to join" })).toContainText("Paul Meier");
    if (javaScriptEnabled) await accessible(phone, "a group of its admin");
    await main.getByRole("button", { name: "Accept: Paul Meier" }).click();
    await expect(members.filter({ hasText: "Asks to join" })).toHaveCount(0);
    await expect(members.filter({ hasText: "Paul Meier" })).toContainText("Since");

    // The same for both, so that nobody learns whose address is right.
    for (const email of ["nobody@talvera.example", "jonas.weber@talvera.example"]) {
      await main.getByLabel("E-mail of a member of the workshop").fill(email);
      await main.getByRole("button", { name: "Invite", exact: true }).click();
      await expect(members.filter({ hasText: email })).toContainText("Invited");
    }
    await main.getByRole("button", { name: "New link" }).click();
    await expect(main.getByRole("textbox", { name: "Link to join" })).toHaveValue(/\/groups\/1\/join\?key=[\w-]{43}$/);

    // The last admin but one steps down; the last cannot.
    await main.getByLabel("More: Fatima Haddad").click();
    await main.getByRole("button", { name: "Make member: Fatima Haddad" }).click();
    await expect(members.filter({ hasText: "Fatima Haddad" }).getByText("Admin", { exact: true })).toHaveCount(0);
    await main.getByLabel("More: Sam Carter").click();
    await main.getByRole("button", { name: "Leave group: Sam Carter" }).click();
    await expect(main.getByText("Make somebody else admin first")).toBeVisible();
    await phone.context().close();
  });
}

test("invited person joins, and the group’s page shows it live", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const phone = await (await browser.newContext(PHONE)).newPage();
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, desk, "an administrator");
  await enter(lab, phone, "a member");
  await desk.goto(`${lab.url}/groups`);
  await hydrated(desk);
  await accessible(desk, "groups of a manager");
  await expect(desk.getByRole("main").getByText("no admin", { exact: true })).toBeVisible();
  await desk.getByRole("main").getByRole("link", { name: "Product Design 2" }).click();
  const main = phone.getByRole("main");
  await phone.goto(`${lab.url}/groups`);
  await hydrated(phone);
  await main.getByRole("link", { name: "Product Design 2" }).click();
  await expect(main.getByText("Li Wen invites you")).toBeVisible();
  await accessible(phone, "an invitation");
  await main.getByRole("button", { name: "Join" }).click();
  await expect(main.getByText("You’re a member of this group")).toBeVisible();
  await expect(desk.getByRole("main").getByRole("listitem").filter({ hasText: "Sam Carter" })).toContainText("Since", { timeout: 20_000 });
  await phone.goto(`${lab.url}/groups/2/join`);
  await hydrated(phone);
  await main.getByRole("button", { name: "Ask to join" }).click();
  await expect(main.getByText("You asked to join")).toBeVisible();
  await main.getByRole("button", { name: "Withdraw request" }).click();
  await expect(main.getByRole("button", { name: "Ask to join" })).toBeVisible();
  await phone.goto(`${lab.url}/groups/999`);
  await expect(main.getByText("Group not found.")).toBeVisible();
  for (const page of [phone, desk]) await page.context().close();
});
