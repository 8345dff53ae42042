
// What was typed and not sent is there again when the next document is the same page for the same person: whoever signs in
// after them at this browser does not get it, nor what nobody typed who is known.
{
    const secret = "[type=file], [autocomplete*=password], [autocomplete=one-time-code], [data-fleeting]";
    const typed = new Set();
    const who = document.documentElement.dataset.who;
    // Whether the next document follows from a form. A link to the page is a new beginning.
    let sent = false;
    const keep = (form) => form?.matches("[method=post]") && !form.querySelector(secret) && typed.add(form);
    const fields = (form, unseen) => [...form.elements].filter((it) => it.name && (it.type === "hidden") === unseen);
    const goal = (form) => form.getAttribute("action").split(/[?&]/).pop();
    const named = (form) => fields(form, true).reduce((all, it) => `${all}&${it.name}=${it.value}`, goal(form));
    const part = ({ type }) => (type === "checkbox" || type === "radio" ? "checked" : "value");
    const called = (it) => (part(it) === "value" ? it.name : `${it.name}=${it.value}`);

    addEventListener("input", ({ target }) => keep(target.form));
    addEventListener("reset", ({ target }) => typed.delete(target));
    addEventListener("submit", (event) =>
        setTimeout(() => {
            if (event.defaultPrevented) return;
            sent = true;
            typed.delete(event.target);
        }),
    );
    addEventListener("pagehide", () => {
        const there = [...typed].filter((form) => form.isConnected && !form.hidden);
        const drafts = there.map((form) => [named(form), fields(form, false).map((it) => [called(it), it[part(it)]])]);
        if (who) sessionStorage.setItem("drafts", JSON.stringify([who + location.pathname, sent, drafts]));
    });
    new MutationObserver(() => {
        const [page, follows, drafts] = JSON.parse(sessionStorage.getItem("drafts") ?? "[]");
        const again = follows || performance.getEntriesByType("navigation")[0].type !== "navigate";
        sessionStorage.removeItem("drafts");
        for (const form of document.querySelectorAll("form.form[action]")) {
            if (form.querySelector(".form-summary")) keep(form);
            else if (again && page === who + location.pathname) {
                const draft = drafts.find(([whose]) => whose === named(form))?.[1];
                draft && fields(form, false).forEach((it, at) => {
                    const [name, value] = draft[at] ?? [];
                    const before = it[part(it)];
                    if (name !== called(it) || value === before) return;
                    it[part(it)] = value;
                    // A choice that there is no more.
                    if (it[part(it)] !== value) it[part(it)] = before;
                    for (const type of ["input", "change"]) it.dispatchEvent(new Event(type, { bubbles: true }));
                });
            }
        }
    }).observe(document.documentElement, { attributeFilter: ["data-hydrated"] });
}
