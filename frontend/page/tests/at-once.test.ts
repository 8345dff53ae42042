import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./page.ts";

const FORM = `<div data-at-once><form id="device" method="post" action="?/me/prefer">
    <input type="radio" name="lang" value="en" checked><input type="radio" name="lang" value="it"></form></div>
    <form id="other" method="post" action="?/x"><input type="checkbox" name="a"></form>`;

test("first change: submits a form with data-at-once, another waits for its button", async () => {
    const page = await new Page(FORM).hydrate();
    const choose = async (selector: string) => {
        page.get(selector).checked = true;
        page.get(selector).dispatchEvent(new page.window.Event("change", { bubbles: true }));
        await page.clock.pass(0);
    };
    await choose("[value=it]");
    await choose("[name=a]");
    assert.deepEqual(page.sent.map(({ form, body }) => [form.id, body]), [["device", [["lang", "it"]]]]);
});
