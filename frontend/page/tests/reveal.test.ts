import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./page.ts";

const HOLD = `<details id="deed"><summary>Place a hold</summary><p id="deed-hold">Why</p><form id="form"><input id="reason" name="reason"></form></details>`;
const frames = (page: Page) => page.clock.pass(700);

test("link to a target on another page: opened, with focus in its field", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/people/7/qualifications#deed-hold", "<p>Loading</p>");
    await frames(page);
    await page.draw(HOLD);
    await frames(page);
    assert.equal(page.document.activeElement, page.get("#reason"));
    assert.ok(page.get<HTMLDetailsElement>("#deed").open);
    assert.deepEqual(page.scrolled, ["deed"]);
});

test("target without a form: gets the focus itself, again if the page takes it", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/me#manage", `<div id="manage"><a href="/people">People</a></div>`);
    await page.clock.pass(50);
    page.get<HTMLElement>("main").tabIndex = -1;
    page.get<HTMLElement>("main").focus();
    await frames(page);
    assert.equal(page.document.activeElement, page.get("#manage"));
});

test("visitor active meanwhile: focus not moved", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/people/7#deed-hold", "<p>Loading</p>");
    page.window.dispatchEvent(new page.window.KeyboardEvent("keydown", { key: "Tab" }));
    await page.draw(HOLD);
    await frames(page);
    assert.deepEqual(page.scrolled, []);
});

test("pressed disclosure: scrolled to; one opened by the page: not", async () => {
    const page = await new Page(HOLD).hydrate();
    const details = page.get<HTMLDetailsElement>("#deed");
    // jsdom fires `toggle` from a timer of its own, which the test's clock does not run.
    const opens = async () => {
        const toggled = new Promise((done) => details.addEventListener("toggle", done, { once: true }));
        details.open = true;
        await toggled;
        await frames(page);
    };
    await opens();
    assert.deepEqual(page.scrolled, []);
    details.open = false;
    page.get<HTMLElement>("summary").dispatchEvent(new page.window.MouseEvent("click", { bubbles: true }));
    await opens();
    assert.deepEqual(page.scrolled, ["deed"]);
});

test("refusal: scrolled to unless it is about a field", async () => {
    const form = (field: string) => `<form><p class="form-summary" id="why"></p>${field}</form>`;
    const page = await new Page("").hydrate();
    await page.draw(form(`<input aria-invalid="true">`));
    await frames(page);
    assert.deepEqual(page.scrolled, []);
    await page.draw(form("<input>"));
    await frames(page);
    assert.deepEqual(page.scrolled, ["why"]);
});

test("target whose only button is not focusable: gets the focus itself", async () => {
    const page = await new Page("<p></p>").hydrate();
    await page.follow("/boards#machine-1", `<section id="row"><p id="machine-1">Laser</p><form><button disabled>Forget</button></form></section>`);
    await frames(page);
    assert.equal(page.document.activeElement, page.get("#machine-1"));
});
