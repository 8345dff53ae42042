import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./page.ts";

test("copy button of days: fills all others and notifies the application", async () => {
    const days = ["mon", "tue", "sun"].map((day) => `<input class="input" name="${day}">`).join("");
    const page = await new Page(
        `<form class="form" method="post" action="/api/hours/week"><input type="hidden" name="at" value="space">${days}
         <button type="button" data-copy-first="">Copy</button></form>`,
    ).hydrate();
    page.type("[name=mon]", "8:00–12:00");
    const told: string[] = [];
    page.document.addEventListener("change", ({ target }) => told.push((target as HTMLInputElement).name));
    page.get("[data-copy-first]").click();
    assert.deepEqual(
        ["mon", "tue", "sun"].map((day) => page.get(`[name=${day}]`).value),
        ["8:00–12:00", "8:00–12:00", "8:00–12:00"],
    );
    assert.deepEqual(told, ["tue", "sun"]);
    assert.equal(page.get("[name=at]").value, "space", "what is hidden stays");
});

test("copy button: copies the value and confirms", async () => {
    const page = await new Page(`<input id="address" value="https://x.example/a.ics"><button data-copy="address" data-copied="Copied">Copy</button>`).hydrate();
    const copied: string[] = [];
    Object.assign(page.window.navigator, { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    page.get("[data-copy]").click();
    await page.clock.pass(0);
    assert.deepEqual(copied, ["https://x.example/a.ics"]);
    assert.equal(page.get("[data-copy]").textContent, "Copied");
});
