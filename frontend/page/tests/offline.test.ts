import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, UNREACHED } from "./page.ts";

const FORMS = `
    <form id="edit" method="post" action="/api/people/edit">
        <input name="name" value="Ada"><button name="then" value="back">Save</button>
    </form>
    <form id="other" method="post" action="/sign-out"></form>
    <form id="here" method="post" action="?at=3"></form>
    <form id="photo" method="post" action="/photo" enctype="multipart/form-data"></form>
    <form id="find" method="get" action="/find"><input name="q" value="saw"></form>`;

const open = (server: Page["server"] = 200) => {
    const page = new Page(FORMS);
    page.server = server;
    return page;
};

const leaving = (page: Page) => "leaving" in page.document.documentElement.dataset;

/** What a visitor sees who can send the form again. */
const assertUnreached = (page: Page) => {
    assert.deepEqual(page.sent, []);
    const said = page.get("#edit > :last-child");
    assert.equal(said.textContent, UNREACHED);
    assert.equal(said.getAttribute("role"), "alert");
    assert.equal(page.get("[name=name]").value, "Ada");
    assert.equal(page.get("#edit").ariaBusy, null);
    assert.equal(leaving(page), false);
};

test("server answers: the form is sent with its button", async () => {
    const page = open();
    await page.submit("#edit", "[name=then]");
    assert.deepEqual(page.requests, ["/healthz"]);
    assert.deepEqual(page.sent.map(({ body }) => body), [[["name", "Ada"], ["then", "back"]]]);
    assert.equal(page.has("form [data-unreached]"), false);
});

test("no connection: the form stays with a message", async () => {
    const page = open("gone");
    await page.submit("#edit");
    assertUnreached(page);
});

test("server error: counts as unreachable", async () => {
    const page = open(503);
    await page.submit("#edit");
    assertUnreached(page);
});

test("silent server: counts as unreachable after ten seconds", async () => {
    const page = open("silent");
    await page.submit("#edit");
    await page.clock.pass(9_999);
    assert.equal(page.has("form [data-unreached]"), false);
    assert.equal(page.get("#edit").ariaBusy, "true");
    await page.clock.pass(1);
    assertUnreached(page);
});

test("server back again: the unsent form can be sent", async () => {
    const page = open("gone");
    await page.submit("#edit");
    await page.submit("#edit");
    assert.equal(page.document.querySelectorAll("form [data-unreached]").length, 1, "said once");
    page.server = 200;
    await page.submit("#edit");
    assert.equal(page.sent.length, 1);
    assert.equal(page.has("form [data-unreached]"), false);
});

test("double click: sends once", async () => {
    const page = open();
    page.get<HTMLFormElement>("#edit").requestSubmit();
    page.get<HTMLFormElement>("#edit").requestSubmit();
    await page.clock.pass(0);
    assert.equal(page.requests.length, 1);
    assert.equal(page.sent.length, 1);
});

test("form being sent: no other one is sent", async () => {
    const page = open("silent");
    await page.submit("#edit");
    await page.submit("#other");
    assert.equal(page.requests.length, 1);
    await page.clock.pass(10_000);
    page.server = 200;
    await page.submit("#other");
    assert.equal(page.sent.length, 1, "afterwards it is");
});

test("sent form: page counts as left until the answer, except for a download", async () => {
    for (const form of ["#here", "#photo"]) {
        const page = open();
        await page.submit(form);
        assert.equal(page.sent.length, 1, form);
        await page.clock.pass(9_999);
        assert.equal(leaving(page), true, form);
        await page.clock.pass(1);
        assert.equal(leaving(page), false, form);
        await page.submit(form);
        assert.deepEqual([page.requests.length, page.sent.length], [2, 2], "sent again, and only when the server answers");
    }
    const page = open();
    await page.submit("#edit");
    assert.equal(leaving(page), false);
});

test("GET form: sent without checking the server first", async () => {
    const page = open("gone");
    await page.submit("#find");
    assert.deepEqual(page.requests, []);
    assert.equal(page.sent.length, 1);
});

test("GET button of a POST form: does not count as saving", async () => {
    const page = open("gone");
    // jsdom knows the attribute, not the property.
    Object.assign(page.get("[name=then]"), { formMethod: "get" });
    await page.submit("#edit", "[name=then]");
    assert.deepEqual(page.requests, []);
    assert.equal(page.sent.length, 1);
});

test("form sent by the application: left alone", async () => {
    const page = open("gone");
    page.get("#edit").addEventListener("submit", (event) => event.preventDefault());
    await page.submit("#edit");
    assert.deepEqual(page.requests, []);
    assert.equal(page.has("form [data-unreached]"), false);
});

test("ticks of an evacuation: deleted by the first page of another person, or of none", () => {
    const ticks = (who: string | null) => {
        const { window } = new Page(FORMS, { who });
        window.localStorage.setItem("roster", '3 {"at":0}');
        window.dispatchEvent(new window.Event("load"));
        return window.localStorage.getItem("roster");
    };
    assert.equal(ticks("3"), '3 {"at":0}');
    assert.equal(ticks("31"), null);
    assert.equal(ticks(null), null);
});
