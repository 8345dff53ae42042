// What was typed and not sent is there again when the next document is the same page for the same person, and when somebody
// comes back to the page inside this document: whoever signs in after them at this browser does not get it, nor what nobody
// typed who is known.
{
    const secret = "[type=file], [autocomplete*=password], [autocomplete=one-time-code], [data-fleeting]";
    const typed = new Set();
    // Refusals whose forms were kept once: what is sent again is not kept for the change of the page that follows.
    const told = new WeakSet();
    const root = document.documentElement;
    const { who, news } = root.dataset;
    // What waits for its form, by page; the page that was come back to; the one that was typed in.
    const left = new Map();
    let back;
    let here = location.pathname;
    // Whether the next document follows from a form. A link to the page is a new beginning, and a file is no document.
    let sent = false;
    const keep = (form) => form?.matches("[method=post]") && !form.querySelector(secret) && typed.add(form);
    const fields = (form, unseen) => [...form.elements].filter((it) => it.name && (it.type === "hidden") === unseen);
    const goal = (form) => form.getAttribute("action").split(/[?&]/).pop();
    // The version that a form was filled in from, with what it held.
    const dated = ({ name }) => /^(version$|began:)/.test(name);
    const dates = (form) => fields(form, true).filter(dated);
    const named = (form) => fields(form, true).reduce((all, it) => (dated(it) ? all : `${all}&${it.name}=${it.value}`), goal(form));
    const part = ({ type }) => (type === "checkbox" || type === "radio" ? "checked" : "value");
    const called = (it) => (part(it) === "value" || dated(it) ? it.name : `${it.name}=${it.value}`);
    const values = (all) => all.map((it) => [called(it), it[part(it)]]);
    const drafts = () => {
        const there = [...typed].filter((form) => form.isConnected && !form.hidden);
        return there.map((form) => [named(form), values(fields(form, false)), values(dates(form))]);
    };
    const leave = () => {
        const all = drafts();
        if (all.length) left.set(here, all);
        back = "";
    };
    // Each of `all` with what `before` says of it, where that is something else.
    const other = (all, before) =>
        all.flatMap((it) => {
            const at = before.findIndex(([name]) => name === called(it));
            const [[, value]] = at < 0 ? [[]] : before.splice(at, 1);
            return value === undefined || value === it[part(it)] ? [] : [[it, value]];
        });
    const bring = (form, [, seen, unseen]) => {
        // A browser that loads a page again fills in what was typed by itself, and says nothing of what was saved meanwhile.
        form.reset();
        const changed = other(fields(form, false), seen);
        const stale = other(dates(form), unseen);
        for (const [it, value] of changed) {
            const before = it[part(it)];
            it[part(it)] = value;
            // A choice that there is no more.
            if (it[part(it)] !== value) it[part(it)] = before;
            for (const type of ["input", "change"]) it.dispatchEvent(new Event(type, { bubbles: true }));
        }
        if (!changed.length || !stale.length) return;
        // Somebody saved meanwhile: the form is again what it was, and whoever sends it is shown both versions.
        for (const [it, value] of stale) it.value = value;
        const said = document.createElement("p");
        said.className = "news";
        said.textContent = news;
        form.firstElementChild.append(said);
    };

    addEventListener("input", ({ target }) => keep(target.form) && (here = location.pathname));
    addEventListener("reset", ({ target }) => typed.delete(target));
    addEventListener("submit", (event) =>
        setTimeout(() => {
            const { target, defaultPrevented } = event;
            if (defaultPrevented) return;
            sent = /^\?/.test(target.getAttribute("action")) || /^mu/.test(target.enctype);
            typed.delete(target);
        }),
    );
    addEventListener("pagehide", () => {
        if (who) sessionStorage.setItem("drafts", JSON.stringify([who + location.pathname, sent, drafts()]));
    });
    // Before the page is changed for the one that the link or the way back leads to.
    addEventListener("click", ({ target }) => target.closest("a[href]") && leave(), true);
    addEventListener("popstate", () => {
        leave();
        back = location.pathname;
    });
    new MutationObserver(() => {
        if (!root.dataset.hydrated) return;
        if (back === undefined) {
            const [page, follows, all] = JSON.parse(sessionStorage.getItem("drafts") ?? "[]");
            const again = follows || performance.getEntriesByType("navigation")[0].type !== "navigate";
            sessionStorage.removeItem("drafts");
            back = location.pathname;
            if (again && page === who + back) left.set(back, all);
        }
        const waiting = back === location.pathname && left.get(back);
        for (const form of document.querySelectorAll("form.form[action]")) {
            const refused = form.querySelector(".form-summary");
            if (refused) {
                if (!told.has(refused)) keep(form);
                told.add(refused);
            } else if (waiting) {
                const at = waiting.findIndex(([whose]) => whose === named(form));
                if (at >= 0) bring(form, ...waiting.splice(at, 1));
            }
        }
    }).observe(root, { attributeFilter: ["data-hydrated"], childList: true, subtree: true });
}
