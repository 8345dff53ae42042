// The history of a machine in the browser: it grows live, is filtered by kind and day, and people who look after
// the machine correct a use.

import { accessible, enter, expect, hydrated, MARTA, test } from "./lab.ts";

test("machine history: a use appears live, its correction is shown with the reason", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  await lab.demo("--no-boards");
  const boards = await lab.boards("1");
  const desk = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/machines/1`);
  await hydrated(desk);
  const main = desk.getByRole("main");
  await main.getByRole("link", { name: /^History/ }).click();
  await desk.waitForURL("**/machines/1/history");
  await expect(main.getByRole("heading", { level: 1, name: /^History:/ })).toBeVisible();
  await accessible(desk, "the history");

  boards.say(`swipe 1 ${MARTA}`);
  const first = main.getByRole("row").nth(1);
  await expect(first, "live").toContainText("in progress");
  boards.say(`swipe 1 ${MARTA}`);
  await expect(first, "live").toContainText("logged out");

  await expect(main.getByRole("link", { name: /^Correct this use: / }), "behind a menu").toHaveCount(0);
  await first.locator("summary").click();
  await first.getByRole("link", { name: /^Correct this use: / }).click();
  await desk.waitForURL("**/machines/1/history?use=*");
  await hydrated(desk);
  await desk.getByLabel("Does it count as a use?").selectOption({ label: "Doesn’t count" });
  await main.getByRole("button", { name: "Save the correction" }).click();
  await expect(main.getByText("Give a reason: the user will read it.")).toBeVisible();
  await expect(desk.getByLabel("Does it count as a use?"), "A24").toHaveValue("yes");
  await accessible(desk, "a correction that was refused");
  await desk.getByLabel("Why?").fill("Only the card was tried.");
  await main.getByRole("button", { name: "Save the correction" }).click();
  await desk.waitForURL(/\/machines\/1\/history#used-\d+$/);
  await expect(first).toContainText("not a use");
  await expect(first).toContainText("Only the card was tried.");

  await main.getByText("Filter", { exact: true }).click();
  await desk.getByRole("combobox", { name: "What" }).selectOption({ label: "Blocks" });
  await main.getByRole("button", { name: "Show" }).click();
  await desk.waitForURL("**/machines/1/history?kind=blocks*");
  await expect(main).toContainText("No results");
});
