import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./page.ts";

const SECTIONS = `
    <section id="cards"><ul><li><button id="revoke">Revoke</button></ul></section>
    <section id="keys"><button id="add">Add</button></section>
    <div id="plain"><button id="loose">Close</button></div>`;

const focused = async (selector: string) => {
    const page = await new Page(SECTIONS).hydrate();
    page.get(selector).focus();
    await page.clock.pass(0);
    return page;
};

const remove = async (page: Page, selector: string) => {
    page.get(selector).remove();
    await page.clock.pass(0);
};

test("removed focused button: focus stays in its section", async () => {
    const page = await focused("#revoke");
    await remove(page, "#revoke");
    assert.equal(page.document.activeElement, page.get("#cards"));
    assert.equal(page.get("#cards").tabIndex, -1, "not one more stop of the tab key");
});

test("removed list with focus: the section around it gets the focus", async () => {
    const page = await focused("#revoke");
    await remove(page, "#cards ul");
    assert.equal(page.document.activeElement, page.get("#cards"));
});

test("removed button outside sections: main gets the focus", async () => {
    const page = await focused("#loose");
    await remove(page, "#loose");
    assert.equal(page.document.activeElement, page.get("main"));
});

test("moved focus: the page does not scroll", async () => {
    const page = await focused("#revoke");
    const options: unknown[] = [];
    page.get("#cards").focus = (it) => void options.push({ ...it });
    await remove(page, "#revoke");
    assert.deepEqual(options, [{ preventScroll: true }]);
});

test("focus moved by the application: stays", async () => {
    // Browsers report no `focusin` while their window is in the background.
    for (const background of [false, true]) {
        const page = await focused("#revoke");
        page.get("#add").addEventListener("focusin", (event) => background && event.stopPropagation());
        page.get("#revoke").remove();
        page.get("#add").focus();
        await page.clock.pass(0);
        assert.equal(page.document.activeElement, page.get("#add"));
    }
});

test("removed button without focus: changes nothing", async () => {
    const page = await focused("#revoke");
    page.get("#revoke").blur();
    await page.clock.pass(0);
    await remove(page, "#revoke");
    assert.equal(page.document.activeElement, page.document.body);
});

test("removed element beside the focused one: changes nothing", async () => {
    const page = await focused("#revoke");
    await remove(page, "#keys");
    assert.equal(page.document.activeElement, page.get("#revoke"));
});
