import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NOTICE, Page } from "./page.ts";

interface Person {
    id?: number;
    version?: number;
    name?: string;
    fields?: string;
}

/** The form of a person as the server renders it. */
const person = ({ id = 7, version = 1, name = "Ada", fields = "" }: Person = {}) => `
    <form class="form" method="post" action="/api/people/edit">
        <div role="alert"></div>
        <input type="hidden" name="id" value="${id}">
        <input type="hidden" name="version" value="${version}">
        <input type="hidden" name="began:name" value="${name}">
        <input name="name" value="${name}">
        ${fields}
    </form>`;

const edited = async (form: string, typed = "Ada Ferrante") => {
    const page = await new Page(form).hydrate();
    page.type("[name=name]", typed);
    return page;
};

const name = (page: Page) => page.get("[name=name]").value;

describe("the next document", () => {
    test("after a reload, has the input of every kind of field", async () => {
        const form = person({
            fields: `
                <textarea name="note"></textarea>
                <select name="language"><option value="en" selected>English<option value="it">Italiano</select>
                <input type="checkbox" name="types" value="3" checked><input type="checkbox" name="types" value="4">
                <input type="radio" name="level" value="user" checked><input type="radio" name="level" value="trainer">
                <input name="tag" value=""><input name="tag" value="">`,
        });
        const page = await edited(form);
        page.type("[name=note]", "First line\nsecond line");
        page.type("[name=language]", "it");
        page.type("[name=types][value='3']", false);
        page.type("[name=types][value='4']", true);
        page.type("[name=level][value=trainer]", true);
        page.type("[name=tag]:last-child", "second");

        const again = await page.reload(form);
        assert.equal(name(again), "Ada Ferrante");
        assert.equal(again.get("[name=note]").value, "First line\nsecond line");
        assert.equal(again.get("[name=language]").value, "it");
        assert.deepEqual(
            ["[name=types][value='3']", "[name=types][value='4']", "[name=level][value=trainer]"].map((it) => again.get(it).checked),
            [false, true, true],
        );
        const tags = [...again.document.querySelectorAll<HTMLInputElement>("[name=tag]")].map((it) => it.value);
        assert.deepEqual(tags, ["", "second"], "of two fields of the same name, the second one");
    });

    test("tells the application about restored fields, and about no others", async () => {
        const form = person({ fields: `<input name="phone" value="123">` });
        const again = (await edited(form)).next(form, { navigation: "reload" });
        const heard: string[] = [];
        for (const type of ["input", "change"]) {
            again.document.addEventListener(type, ({ target }) => heard.push(`${type} ${(target as HTMLInputElement).name}`));
        }
        await again.hydrate();
        assert.deepEqual(heard, ["input name", "change name"]);
    });

    test("is not touched before the application has taken it over", async () => {
        const again = (await edited(person())).next(person(), { navigation: "reload" });
        await again.draw(person());
        assert.equal(name(again), "Ada");
        await again.hydrate();
        assert.equal(name(again), "Ada Ferrante");
    });

    test("starts empty after a link, also when reloaded", async () => {
        const linked = await (await edited(person())).next(person()).hydrate();
        assert.equal(name(linked), "Ada");
        assert.equal(name(await linked.reload(person())), "Ada");
    });

    test("preserves the input when it answers another form of the page", async () => {
        const both = `${person()}<form class="form" id="photo" method="post" action="?upload"><input name="title"></form>`;
        const page = await edited(both);
        page.type("[name=title]", "Laser");
        await page.submit("#photo");
        const answer = await page.next(both).hydrate();
        assert.equal(name(answer), "Ada Ferrante");
        assert.equal(answer.get("[name=title]").value, "", "what was sent is not brought back");
    });

    test("starts empty when it answers a form for another page", async () => {
        const both = `${person()}<form class="form" id="leave" method="post" action="/sign-out"></form>`;
        const page = await edited(both);
        await page.submit("#leave");
        assert.equal(name(await page.next(both).hydrate()), "Ada");
    });

    test("of another person has no input of the previous one", async () => {
        for (const who of ["4", null]) {
            const other = await (await edited(person())).reload(person(), { who });
            assert.equal(name(other), "Ada", String(who));
            assert.equal(other.window.sessionStorage.length, 0, "discarded");
            assert.equal(name(await other.reload(person(), { who: "3" })), "Ada", "not even for the first person");
        }
    });

    test("at another path discards the drafts", async () => {
        const elsewhere = await (await edited(person())).reload(person(), { path: "/people/8" });
        assert.equal(name(elsewhere), "Ada");
        assert.equal(name(await elsewhere.reload(person(), { path: "/people/7" })), "Ada");
    });

    test("leaves a form for another thing empty", async () => {
        const again = await (await edited(person())).reload(person({ id: 8, name: "Bruno" }));
        assert.equal(name(again), "Bruno");
    });

    test("restores ticked boxes in a longer list", async () => {
        const box = (value: number) => `<input type="checkbox" name="types" value="${value}">`;
        const page = await edited(person({ fields: box(3) + box(4) }));
        page.type("[value='4']", true);
        const again = await page.reload(person({ fields: box(2) + box(3) + box(4) }));
        const ticked = [...again.document.querySelectorAll<HTMLInputElement>("[name=types]:checked")].map((it) => it.value);
        assert.deepEqual(ticked, ["4"]);
    });

    test("keeps the selection of the server where the selected option is gone", async () => {
        const kinds = (options: string) => person({ fields: `<select name="kind"><option value="1" selected>Saw${options}</select>` });
        const page = await edited(kinds(`<option value="2">Lathe`));
        page.type("[name=kind]", "2");
        const again = await page.reload(kinds(""));
        assert.equal(again.get("[name=kind]").value, "1");
        assert.equal(name(again), "Ada Ferrante", "the others are restored");
    });
});

/** What the tab's session storage holds for the next document. */
const stored = (page: Page) => {
    page.next("");
    return page.window.sessionStorage.getItem("drafts");
};

const NOTHING = `["3/people/7",false,[]]`;

describe("a form is stored", () => {
    test("after input", async () => {
        const page = await edited(person(), "Typed");
        assert.equal(
            stored(page),
            `["3/people/7",false,[["/api/people/edit&id=7",[["name","Typed"]],[["version","1"],["began:name","Ada"]]]]]`,
        );
    });

    test("while the application sends it, because that may fail", async () => {
        const page = await edited(person(), "Typed");
        page.get("form").addEventListener("submit", (event) => event.preventDefault());
        await page.submit("form");
        assert.match(stored(page) ?? "", /Typed/);
    });

    test("once with its refusal, and not again when it is sent after that", async () => {
        const page = await new Page(person().replace(`alert">`, `alert"><p class="form-summary">Enter a name.</p>`)).hydrate();
        assert.match(stored(page) ?? "", /Ada/);
        await page.submit("form");
        page.document.body.append("The application draws something.");
        await page.clock.pass(0);
        assert.equal(stored(page), NOTHING);
    });
});

describe("a form is not stored", () => {
    test("before input", async () => {
        assert.equal(stored(await new Page(person()).hydrate()), NOTHING);
    });

    for (const [what, secret] of [
        ["a password", `<input type="password" autocomplete="new-password" name="secret">`],
        ["a password that is shown", `<input autocomplete="current-password" name="secret">`],
        ["a one-time code", `<input autocomplete="one-time-code" name="secret">`],
        ["a file", `<input type="file" name="secret">`],
        ["a card's number", `<div data-fleeting><input name="secret"></div>`],
    ] as const) {
        test(`with ${what}`, async () => {
            assert.equal(stored(await edited(person({ fields: secret }), "Typed")), NOTHING);
        });
    }

    test("with the method GET", async () => {
        assert.equal(stored(await edited(person().replace(`method="post"`, `method="get"`), "Typed")), NOTHING);
    });

    test("except within data-keep, without its secrets, for anonymous visitors", async () => {
        const form = `<div data-keep="">${person({ fields: `<input type="password" autocomplete="new-password" name="secret">` })}</div>`;
        const page = await new Page(form, { who: null }).hydrate();
        page.type("[name=name]", "Ada Ferrante");
        page.type("[name=secret]", "walnut-orbit");
        const again = await page.reload(form, { who: null });
        assert.equal(name(again), "Ada Ferrante");
        assert.equal(again.get("[name=secret]").value, "");
    });

    test("for anonymous visitors", async () => {
        const page = await new Page(person(), { who: null }).hydrate();
        page.type("[name=name]", "Typed");
        assert.equal(stored(page), null);
    });

    test("once reset, hidden, removed or sent", async () => {
        const ends: Record<string, (page: Page, form: HTMLFormElement) => void | Promise<void>> = {
            reset: (_, form) => form.reset(),
            hidden: (_, form) => form.setAttribute("hidden", ""),
            removed: (_, form) => form.remove(),
            sent: (page) => page.submit("form"),
        };
        for (const [what, end] of Object.entries(ends)) {
            const page = await edited(person(), "Typed");
            await end(page, page.get("form"));
            assert.equal(stored(page), NOTHING, what);
        }
    });
});

describe("a concurrent save", () => {
    test("is reported, and the form carries the version it was filled in from", async () => {
        const page = await edited(person({ version: 1, name: "Ada" }));
        const again = await page.reload(person({ version: 2, name: "Adele" }));
        assert.equal(name(again), "Ada Ferrante");
        assert.equal(again.get("p.news").textContent, NOTICE);
        assert.equal(again.get("p.news").parentElement, again.get("[role=alert]"));
        await again.submit("form");
        assert.deepEqual(again.sent[0]?.body, [
            ["id", "7"],
            ["version", "1"],
            ["began:name", "Ada"],
            ["name", "Ada Ferrante"],
        ]);
    });

    test("is noticed even if the browser restored the form itself", async () => {
        const page = await edited(person({ version: 1 }));
        const again = page.next(person({ version: 2, name: "Adele" }), { navigation: "reload" });
        again.get("[name=name]").value = "Ada Ferrante";
        await again.hydrate();
        assert.equal(again.get("[name=version]").value, "1");
        assert.equal(again.get("p.news").textContent, NOTICE);
    });

    test("is not reported if it equals the input", async () => {
        const page = await edited(person({ version: 1 }));
        const again = await page.reload(person({ version: 2, name: "Ada Ferrante" }));
        assert.equal(again.has("p.news"), false);
        assert.equal(again.get("[name=version]").value, "2");
    });

    test("is not reported without a save", async () => {
        const again = await (await edited(person())).reload(person());
        assert.equal(again.has("p.news"), false);
    });
});

describe("within a document", () => {
    test("the back button restores the input from before a link", async () => {
        const page = await new Page("<h1>People</h1>", { path: "/people" }).hydrate();
        await page.follow("/people/7", person());
        page.type("[name=name]", "Ada Ferrante");
        await page.follow("/machines", "<h1>Machines</h1>");
        await page.back(person());
        assert.equal(name(page), "Ada Ferrante");
        await page.back("<h1>People</h1>");
        assert.equal(page.window.location.pathname, "/people");
    });

    test("a link to the same page starts empty", async () => {
        const page = await edited(person());
        await page.follow("/machines", "<h1>Machines</h1>");
        await page.follow("/people/7", person());
        assert.equal(name(page), "Ada");
    });
});
