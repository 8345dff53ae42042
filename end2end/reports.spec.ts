// Reports of use: charts, the same as tables, and as files.

import { readFileSync } from "node:fs";
import { accessible, enter, expect, hydrated, reading, test } from "./lab.ts";

reading("reports: as charts, tables and files", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })).newPage();
  await enter(lab, desk, "an administrator");
  await desk.goto(`${lab.url}/reports`);
  await hydrated(desk);
  const main = desk.getByRole("main");
  const busy = main.getByRole("img", { name: /^When it is busy/ });
  await expect(busy).toBeVisible();
  await main.getByText(/^Show as table/).first().click();
  await expect(main.getByRole("table", { name: /^When it is busy/ })).toBeVisible();
  await expect(main.getByRole("img", { name: /^Hours per machine/ })).toBeVisible();
  await accessible(desk, "reports");

  const take = async (name: RegExp) => {
    const coming = desk.waitForEvent("download");
    await main.getByRole("link", { name }).click();
    const file = await coming;
    return { name: file.suggestedFilename(), lines: readFileSync(await file.path(), "utf8").trim().split(/\r?\n/) };
  };
  const all = await take(/^All as CSV/);
  expect(all.name).toBe("use.csv");
  expect(all.lines[0]).toMatch(/^\W?table,of,name,figure,value$/);
  const groups = await take(/^CSV.*By type and machine/);
  expect(groups.name).toMatch(/\.csv$/);
  expect(groups.lines[0]).toMatch(/^\W?of,name,/);
  // A line for each row of the table, and for the total.
  const table = main.getByRole("table", { name: "By type and machine" }).getByRole("row");
  for (const row of (await table.allInnerTexts()).slice(1)) {
    const name = row.split("\t")[0]!.trim();
    expect(groups.lines.filter((line) => line.split(",")[1] === name), name).toHaveLength(1);
  }

  await main.getByRole("combobox", { name: "Measure" }).selectOption({ label: "Hours booked" });
  await desk.waitForURL(/measure=booked/);
  await expect(busy).toBeVisible();
  await desk.setViewportSize({ width: 390, height: 844 });
  await accessible(desk, "reports on a phone");
  await desk.context().close();
});
