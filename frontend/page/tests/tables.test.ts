import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { JSDOM } from "jsdom";

const SCRIPT = execFileSync("npm", ["run", "--silent", "tables"], { encoding: "utf8" });

const ROWS = [
    ["Saw", "1 h", "3600"],
    ["Laser, small", "20 min", "1200"],
    ["=Lathe", "never", ""],
];

/** A page with a table, after the application has taken it over. */
function page(kept?: string) {
    const rows = ROWS.map(([name, used, value]) => `<tr><td>${name}</td><td data-v="${value}">${used}</td></tr>`).join("");
    const head = ["Machine", "Used"].map((name) => `<th><button type="button">${name}</button></th>`).join("");
    const body = `<div data-table="machines"><label><input type="checkbox" data-column="1" checked></label><button data-csv-of></button>
        <table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
    const { window } = new JSDOM(`<!DOCTYPE html><html data-hydrated="1"><body>${body}</body></html>`, {
        url: "https://workshop.example/machines",
        runScripts: "outside-only",
    });
    if (kept) window.localStorage.setItem("table.machines", kept);
    const saved: string[] = [];
    // jsdom saves nothing, so the content of the file is recorded.
    Object.assign(window, { Blob: function (parts: string[]) { saved.push(parts.join("")); } });
    Object.assign(window.URL, { createObjectURL: () => "#", revokeObjectURL: () => {} });
    window.eval(SCRIPT);
    const get = (selector: string) => window.document.querySelector<HTMLElement>(selector)!;
    const names = () => [...window.document.querySelectorAll("tbody tr td:first-child")].map((cell) => cell.textContent);
    return { window, get, names, saved };
}

test("sorted column: by cell values, unknown ones last in either order", () => {
    const { get, names } = page();
    const head = get("th:nth-child(2)");
    head.querySelector("button")!.click();
    assert.deepEqual(names(), ["Laser, small", "Saw", "=Lathe"]);
    assert.equal(head.ariaSort ?? head.getAttribute("aria-sort"), "ascending");
    head.querySelector("button")!.click();
    assert.deepEqual(names(), ["Saw", "Laser, small", "=Lathe"]);
});

test("later row: sorted into its place", async () => {
    const { get, names } = page('{"hide":[],"by":1}');
    get("tbody").insertAdjacentHTML("beforeend", '<tr><td>Drill</td><td data-v="1800">30 min</td></tr>');
    await turn();
    assert.deepEqual(names(), ["Laser, small", "Drill", "Saw", "=Lathe"]);
});

test("hidden column: remembered and not exported", () => {
    const { window, get, saved } = page();
    const tick = get("[data-column]") as HTMLInputElement;
    tick.checked = false;
    tick.dispatchEvent(new window.Event("change", { bubbles: true }));
    assert.equal(get("[data-table]").dataset.hide, "1");
    assert.equal(page(window.localStorage.getItem("table.machines")!).get("[data-table]").dataset.hide, "1");
    get("[data-csv-of]").click();
    assert.deepEqual(saved, ['Machine\r\nSaw\r\n"Laser, small"\r\n\'=Lathe\r\n']);
});

test("exported file: contains export values, without initials, buttons and actions", () => {
    const { get, saved } = page();
    get("thead tr").insertAdjacentHTML("beforeend", "<th data-actions>Actions</th>");
    get("tbody").innerHTML = `<tr><td data-csv="Ada"><span>A</span>Ada</td><td data-v="1" data-csv="2026-11-24T18:00+01:00">3 min ago</td><td><button>Forget</button></td></tr>
        <tr><td data-csv="">–</td><td>never</td><td></td></tr>`;
    get("[data-csv-of]").click();
    assert.deepEqual(saved, ["Machine,Used\r\nAda,2026-11-24T18:00+01:00\r\n,never\r\n"]);
});
