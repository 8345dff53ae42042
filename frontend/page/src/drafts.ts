// Restores unsent form input after a reload, and when the visitor returns to a page by a link or the browser's
// back button.
//
// Invariant: input is restored only for the same person on the same page. Forms with a password, a one-time code,
// a file or `data-fleeting` (card numbers) are never stored, except within `data-keep`, where only those fields
// are left out, even for anonymous visitors: a workshop is set up before there are people. If somebody else saved
// in the meantime, the form keeps the version it was filled in from and says so; sent, it is answered with both
// versions, so nothing is overwritten. Not here: input that was sent and refused, which the server returns, and
// the choice between two versions (`app/src/ui/versions.rs`).
//
// Within a document, drafts are in memory. For the next document they are in the tab's session storage: it
// restores them if it is the same page, reached by a reload or a form, and discards them otherwise.

import { returnsToPage, root } from "./forms.ts";

/** The value of a field, or whether it is checked. */
type State = string | boolean;

/** A control of a form; which of the two properties holds its state depends on its type. */
interface Field extends HTMLElement {
    name: string;
    type: string;
    value: State;
    checked: State;
}

type Entry = [key: string, state: State];
type Draft = [form: string, values: Entry[], version: Entry[]];
/** The person and path, whether the next document follows from a form, and the unsent forms. */
type Stored = [page: string, submitted: boolean, drafts: Draft[]];

const SECRET = "[type=file], [autocomplete*=password], [autocomplete=one-time-code], [data-fleeting]";

const fields = (form: HTMLFormElement, hidden: boolean) =>
    ([...form.elements] as Field[]).filter((it) => it.name && (it.type === "hidden") === hidden && !it.matches(SECRET));

/** Whether a hidden field holds the version that its form was filled in from, or a value of that version. */
const isVersion = ({ name }: Field) => /^(version$|began:)/.test(name);
const versionOf = (form: HTMLFormElement) => fields(form, true).filter(isVersion);

/** Identifies a form across documents: its server function and its hidden fields, except for the version. */
const identity = (form: HTMLFormElement) =>
    fields(form, true).reduce(
        (all, it) => (isVersion(it) ? all : `${all}&${it.name}=${it.value}`),
        form.getAttribute("action")!.split(/[?&]/).pop()!,
    );

const stateOf = ({ type }: Field) => (type === "checkbox" || type === "radio" ? "checked" : "value");
const keyOf = (it: Field) => (stateOf(it) === "value" || isVersion(it) ? it.name : `${it.name}=${it.value}`);
const entries = (all: Field[]) => all.map((it): Entry => [keyOf(it), it[stateOf(it)]]);

/** The fields whose state differs from the one in `stored`, each with the stored one. */
const changes = (all: Field[], stored: Entry[]) =>
    all.flatMap((it): [Field, State][] => {
        const at = stored.findIndex(([key]) => key === keyOf(it));
        if (at < 0) return [];
        // Fields of the same name are stored one by one, in their order.
        const [[, state]] = stored.splice(at, 1) as [Entry];
        return state === it[stateOf(it)] ? [] : [[it, state]];
    });

const restore = (form: HTMLFormElement, [, values, version]: Draft, notice: string) => {
    // Browsers restore input when they reload a page, without regard to what was saved in the meantime.
    form.reset();
    const changed = changes(fields(form, false), values);
    const stale = changes(versionOf(form), version);
    for (const [it, state] of changed) {
        const property = stateOf(it);
        const before = it[property];
        it[property] = state;
        // The option may no longer exist.
        if (it[property] !== state) it[property] = before;
        for (const type of ["input", "change"]) it.dispatchEvent(new Event(type, { bubbles: true }));
    }
    if (!changed.length || !stale.length) return;
    for (const [it, state] of stale) it.value = state;
    const message = document.createElement("p");
    message.className = "news";
    message.textContent = notice;
    form.firstElementChild!.append(message);
};

export function keepDrafts() {
    const { who, news = "" } = root.dataset;
    const edited = new Set<HTMLFormElement>();
    // A refused form counts as edited once; after it was sent again, its old refusal must not bring it back.
    const refusals = new WeakSet<Element>();
    const unsent = new Map<string, Draft[]>();
    let editedPage = location.pathname;
    // The page whose drafts are restored; empty once a link was followed.
    let returnedTo: string | undefined;
    let submitted = false;

    const track = (form: HTMLFormElement | null | undefined) =>
        form?.matches("[method=post]") && (form.closest("[data-keep]") ?? (who && !form.querySelector(SECRET))) && edited.add(form);
    const drafts = () =>
        [...edited]
            .filter((form) => form.isConnected && !form.hidden)
            .map((form): Draft => [identity(form), entries(fields(form, false)), entries(versionOf(form))]);
    const leave = () => {
        const all = drafts();
        if (all.length) unsent.set(editedPage, all);
        returnedTo = "";
    };

    addEventListener("input", ({ target }) => {
        if (track((target as HTMLInputElement).form)) editedPage = location.pathname;
    });
    addEventListener("reset", ({ target }) => edited.delete(target as HTMLFormElement));
    addEventListener("submit", (event) =>
        setTimeout(() => {
            if (event.defaultPrevented) return;
            const form = event.target as HTMLFormElement;
            submitted = returnsToPage(form);
            edited.delete(form);
        }),
    );
    addEventListener("pagehide", () => {
        if (who || edited.size) sessionStorage.setItem("drafts", JSON.stringify([who + location.pathname, submitted, drafts()] satisfies Stored));
    });
    // While capturing: before the application replaces the page.
    addEventListener("click", ({ target }) => (target as Element).closest("a[href]") && leave(), true);
    addEventListener("popstate", () => {
        leave();
        returnedTo = location.pathname;
    });
    new MutationObserver(() => {
        if (!root.dataset.hydrated) return;
        if (returnedTo === undefined) {
            const [page, followsForm, stored] = JSON.parse(sessionStorage.getItem("drafts") ?? "[]") as Stored | [];
            const [navigation] = performance.getEntriesByType("navigation") as [PerformanceNavigationTiming];
            sessionStorage.removeItem("drafts");
            returnedTo = location.pathname;
            // A link to the page starts anew; a reload and the answer to a form do not.
            if ((followsForm || navigation.type !== "navigate") && page === who + returnedTo) unsent.set(returnedTo, stored!);
        }
        const waiting = returnedTo === location.pathname && unsent.get(returnedTo);
        for (const form of document.querySelectorAll<HTMLFormElement>("form.form[action]")) {
            const refusal = form.querySelector(".form-summary");
            if (refusal) {
                if (!refusals.has(refusal)) track(form);
                refusals.add(refusal);
            } else if (waiting) {
                const at = waiting.findIndex(([whose]) => whose === identity(form));
                if (at >= 0) restore(form, ...(waiting.splice(at, 1) as [Draft]), news);
            }
        }
    }).observe(root, { attributeFilter: ["data-hydrated"], childList: true, subtree: true });
}
