import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { JSDOM } from "jsdom";

const SCRIPT = execFileSync("npm", ["run", "--silent", "roster"], { encoding: "utf8" });

/** When the list was made: 13:16 UTC, 14:16 by the clock of the space. */
const LISTED = 1_795_094_160_000;

const row = (key: string, name: string, tag: string) =>
    `<li><label><input type="checkbox" value="${key}"><span><span class="t">${name}</span></span><span class="tag">${tag}</span></label></li>`;

interface Options {
    /** Who is signed in. */
    who?: string;
    /** What the device stores from before. */
    stored?: string;
    /** When the page is used, after the list was made, in minutes. */
    minutes?: number;
    hash?: string;
    /** Pages that the worker has stored; without it the browser has no worker. */
    worker?: string;
    /** Whether the application has taken over the page. */
    isHydrated?: boolean;
}

/** The list of two people and one who left, with everything that the script needs of a browser. */
function page({ who = "7", stored, minutes = 1, hash = "", worker, isHydrated = true }: Options = {}) {
    const head = `<header data-list="${LISTED}" data-offset="60" data-outside="Outside: {n} of {all}" data-at="outside {time}" data-by-hand="added"></header>`;
    const body = `<div data-roster>${head}<span data-missing></span><span data-outside-count></span>
        <span data-stored hidden></span><span data-unstored hidden></span>
        <ul class="roster">${row("visit-1", "Hannes", "13:02")}${row("visit-2", "Li", "11:06")}</ul>
        <ul class="roster" data-added></ul><form hidden><input><button>Add</button></form>
        <details data-left><ul class="roster">${row("visit-9", "Tomás", "left 12:00")}</ul></details>
        <button data-script data-print hidden></button><button data-script data-add hidden></button><button data-clear hidden></button></div>`;
    const { window } = new JSDOM(`<!DOCTYPE html><html data-who="${who}"${isHydrated ? " data-hydrated" : ""}><body>${body}</body></html>`, {
        url: `https://workshop.example/building/evacuate${hash}`,
        runScripts: "outside-only",
    });
    const requested: string[] = [];
    const printed: boolean[] = [];
    const clock = { now: LISTED + minutes * 60_000 };
    window.Date.now = () => clock.now;
    const container: { controller: object | null } = { controller: null };
    Object.assign(window, {
        fetch: (address: string) => {
            requested.push(address);
            return Promise.resolve();
        },
        print: () => printed.push(window.document.querySelector("details")!.open),
        caches: { match: () => Promise.resolve(worker && { text: () => Promise.resolve(worker) }) },
        // The script waits between looks at the store.
        setTimeout: (run: () => void) => setImmediate(run),
    });
    window.performance.getEntriesByType = () => [{ name: "https://workshop.example/pkg/1/a.js" }, { name: "https://workshop.example/live" }] as never;
    if (worker !== undefined) Object.defineProperty(window.navigator, "serviceWorker", { value: container });
    if (stored) window.localStorage.setItem("roster", stored);
    window.eval(SCRIPT);
    const get = <E extends HTMLElement>(selector: string) => window.document.querySelector<E>(selector)!;
    const tick = (key: string, checked = true) => {
        const input = get<HTMLInputElement>(`[value="${key}"]`);
        input.checked = checked;
        input.dispatchEvent(new window.Event("change", { bubbles: true }));
    };
    const counts = () => [get("[data-missing]").textContent, get("[data-outside-count]").textContent];
    const tag = (key: string) => get(`[value="${key}"]`).closest("label")!.querySelector(".tag")!.textContent;
    return { window, get, tick, counts, tag, requested, printed, clock, container, kept: () => window.localStorage.getItem("roster")! };
}

test("application without network: the list works after a while, untouched before", async () => {
    const { get, counts } = page({ isHydrated: false });
    assert.equal(get("[data-missing]").textContent, "");
    await turn();
    assert.deepEqual(counts(), ["2", "Outside: 0 of 2"]);
});

test("application takes over late: the list works at once from then on", async () => {
    const { window, get, counts } = page({ isHydrated: false });
    window.document.documentElement.dataset.hydrated = "1";
    assert.equal(get("[data-missing]").textContent, "");
    await Promise.resolve();
    assert.deepEqual(counts(), ["2", "Outside: 0 of 2"]);
});

test("ticked person: counted as outside, with the time by the clock of the space", () => {
    const { tick, counts, tag } = page();
    assert.deepEqual(counts(), ["2", "Outside: 0 of 2"]);
    tick("visit-1");
    assert.deepEqual(counts(), ["1", "Outside: 1 of 2"]);
    assert.equal(tag("visit-1"), "outside 14:17");
    tick("visit-1", false);
    assert.deepEqual(counts(), ["2", "Outside: 0 of 2"]);
    assert.equal(tag("visit-1"), "13:02");
});

test("reloaded page: ticks are still there", () => {
    const before = page();
    before.tick("visit-2");
    const { counts, tag, get } = page({ stored: before.kept(), minutes: 5 });
    assert.deepEqual(counts(), ["1", "Outside: 1 of 2"]);
    assert.equal(tag("visit-2"), "outside 14:17");
    assert.equal(get<HTMLInputElement>('[value="visit-2"]').checked, true);
});

test("another person, or a later alarm: nobody is ticked", () => {
    const before = page();
    before.tick("visit-1");
    assert.deepEqual(page({ stored: before.kept(), who: "71" }).counts(), ["2", "Outside: 0 of 2"]);
    assert.deepEqual(page({ stored: before.kept(), minutes: 62 }).counts(), ["2", "Outside: 0 of 2"]);
});

test("person who left before: ticked, but not among the missing", () => {
    const { tick, counts, tag } = page();
    tick("visit-9");
    assert.deepEqual(counts(), ["2", "Outside: 0 of 2"]);
    assert.equal(tag("visit-9"), "outside 14:17");
});

test("typed name: a row of its own that is missing until ticked, as text", () => {
    const { window, get, tick, counts, kept } = page();
    get("[data-add]").click();
    assert.equal(get("form").hidden, false);
    get<HTMLInputElement>("form input").value = " <b>Plumber ";
    const sent = new window.Event("submit", { bubbles: true, cancelable: true });
    get("form").dispatchEvent(sent);
    assert.equal(sent.defaultPrevented, true);
    assert.deepEqual(counts(), ["3", "Outside: 0 of 3"]);
    assert.equal(get("[data-added] .t").textContent, "<b>Plumber");
    tick("added-0");
    assert.deepEqual(counts(), ["2", "Outside: 1 of 3"]);
    assert.deepEqual(page({ stored: kept() }).counts(), ["2", "Outside: 1 of 3"]);
});

test("start again: no ticks and no typed names", () => {
    const { get, tick, counts } = page();
    assert.equal(get("[data-clear]").hidden, true);
    tick("visit-1");
    assert.equal(get("[data-clear]").hidden, false);
    get("[data-clear]").click();
    assert.deepEqual(counts(), ["2", "Outside: 0 of 2"]);
    assert.equal(get("[data-clear]").hidden, true);
});

test("print: with the longer list open, by the button and by the address", () => {
    const { get, printed } = page();
    get("[data-print]").click();
    assert.deepEqual(printed, [true]);
    assert.deepEqual(page({ hash: "#print" }).printed, [true]);
});

/** Lets the script look at the store as often as it does. */
const pass = async () => {
    for (let times = 0; times < 200; times++) await turn();
};

test("page in the store of the worker: says that it works without a network", async () => {
    for (const [worker, isStored] of [[`data-list="${LISTED}"`, true], [`data-list="${LISTED + 9}"`, true], ['data-list="1795094159999"', false], ["", false]] as const) {
        const { get } = page({ worker });
        await pass();
        assert.equal(get("[data-stored]").hidden, !isStored, worker);
        assert.equal(get("[data-unstored]").hidden, isStored, worker);
    }
    const { get } = page();
    await pass();
    assert.equal(get("[data-unstored]").hidden, false, "no worker");
});

test("page loaded before the worker: requested once more when the worker is there, with its files", async () => {
    const { container, requested } = page({ worker: "" });
    for (let times = 0; times < 10; times++) await turn();
    assert.deepEqual(requested, []);
    container.controller = {};
    await pass();
    assert.deepEqual(requested, ["/building/evacuate", "https://workshop.example/pkg/1/a.js"]);
});
