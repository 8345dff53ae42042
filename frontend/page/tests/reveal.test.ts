import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./page.ts";

const HOLD = `<details id="deed"><summary>Place a hold</summary><p id="deed-hold">Why</p><form id="form"><input id="reason" name="reason"></form></details>`;
const frames = (page: Page) => page.clock.pass(700);

test("a link to a place of another page opens it and leads to its field", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/people/7/qualifications#deed-hold", "<p>Loading</p>");
    await frames(page);
    await page.draw(HOLD);
    await frames(page);
    assert.equal(page.document.activeElement, page.get("#reason"));
    assert.ok(page.get<HTMLDetailsElement>("#deed").open);
    assert.deepEqual(page.scrolled, ["deed"]);
});

test("a place without a form gets the focus itself, again if the page takes it", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/me#manage", `<div id="manage"><a href="/people">People</a></div>`);
    await page.clock.pass(50);
    page.get<HTMLElement>("main").tabIndex = -1;
    page.get<HTMLElement>("main").focus();
    await frames(page);
    assert.equal(page.document.activeElement, page.get("#manage"));
});

test("whoever did something else meanwhile is not called back", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/people/7#deed-hold", "<p>Loading</p>");
    page.window.dispatchEvent(new page.window.KeyboardEvent("keydown", { key: "Tab" }));
    await page.draw(HOLD);
    await frames(page);
    assert.deepEqual(page.scrolled, []);
});

test("a disclosure that is pressed is scrolled to, one that opens by itself is not", async () => {
    const page = await new Page(HOLD).hydrate();
    const details = page.get<HTMLDetailsElement>("#deed");
    const opens = async () => {
        details.open = true;
        await frames(page);
    };
    await opens();
    assert.deepEqual(page.scrolled, []);
    details.open = false;
    page.get<HTMLElement>("summary").dispatchEvent(new page.window.MouseEvent("click", { bubbles: true }));
    await opens();
    assert.deepEqual(page.scrolled, ["deed"]);
});

test("a refusal is scrolled to, unless it is about a field", async () => {
    const form = (field: string) => `<form><p class="form-summary" id="why"></p>${field}</form>`;
    const page = await new Page("").hydrate();
    await page.draw(form(`<input aria-invalid="true">`));
    await frames(page);
    assert.deepEqual(page.scrolled, []);
    await page.draw(form("<input>"));
    await frames(page);
    assert.deepEqual(page.scrolled, ["why"]);
});

test("a place whose only button takes no focus gets it itself", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/boards#machine-1", `<section id="row"><p id="machine-1">Laser</p><form><button disabled>Forget</button></form></section>`);
    await frames(page);
    assert.equal(page.document.activeElement, page.get("#machine-1"));
});
