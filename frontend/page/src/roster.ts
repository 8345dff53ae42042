// Ticks people off the list of an evacuation, on this device alone.
//
// Invariant: works on the document as the server sent it, without the network and without the application. Ticks are stored on this
// device, for the person whose list it is, and only while they are about one evacuation. A file of its own, loaded with the list.
// Not here: who is on the list, which is the server's, and the stored page (`worker.ts`), whose deletion `offline-pages.ts` follows.

import { root } from "./forms.ts";

interface State {
    /** When it last changed. */
    at: number;
    /** When each was ticked, by the clock of the space. */
    ticks: Record<string, string>;
    /** Names that were typed here. */
    added: string[];
}

/** Ticks that are older may be about an earlier evacuation, after which people went back in. */
const LASTS = 3_600_000;
/** How often, and how many times, to look whether the worker has stored the page; and when to request it again. */
const [EVERY, TIMES, AGAIN] = [250, 40, 4];
/** How long to wait for the application. */
const PATIENCE = 3_000;
const STORED = "roster";

const get = <E extends HTMLElement>(selector: string) => document.querySelector<E>(`[data-roster] ${selector}`)!;
const all = <E extends HTMLElement>(selector: string) => [...document.querySelectorAll<E>(`[data-roster] ${selector}`)];
/** Ends with the person's id, so that the page of another one does not take them over. */
const owner = () => `${root.dataset.who} `;

function read(): State {
    const stored = localStorage.getItem(STORED);
    const empty: State = { at: 0, ticks: {}, added: [] };
    const state = stored?.startsWith(owner()) ? (JSON.parse(stored.slice(owner().length)) as State) : empty;
    return Date.now() - state.at < LASTS ? state : empty;
}

function change(apply: (state: State) => void) {
    const state = read();
    apply(state);
    state.at = Date.now();
    localStorage.setItem(STORED, owner() + JSON.stringify(state));
    show(state);
}

/** `14:17`, by the clock of the space, like all times on the page. */
const clock = ({ offset }: DOMStringMap) => new Date(Date.now() + Number(offset) * 60_000).toISOString().slice(11, 16);

function row(name: string, at: number, { byHand = "" }: DOMStringMap) {
    const item = document.createElement("li");
    item.innerHTML = '<label><input type="checkbox"><span><span class="t"></span><span class="s"></span></span><span class="tag"></span></label>';
    item.querySelector("input")!.value = `added-${at}`;
    item.querySelector(".t")!.textContent = name;
    item.querySelector(".s")!.textContent = byHand;
    return item;
}

function show({ ticks, added }: State) {
    const { dataset } = get("[data-list]");
    const list = get("[data-added]");
    if (list.childElementCount !== added.length) list.replaceChildren(...added.map((name, at) => row(name, at, dataset)));
    const inputs = all<HTMLInputElement>(".roster input");
    for (const input of inputs) {
        const tag = input.closest("label")!.querySelector<HTMLElement>(".tag")!;
        const at = ticks[input.value];
        tag.dataset.was ??= tag.textContent!;
        input.checked = at !== undefined;
        tag.textContent = at === undefined ? tag.dataset.was : dataset.at!.replace("{time}", at);
    }
    // Those who left before are not missing.
    const expected = inputs.filter((input) => !input.closest("[data-left]"));
    const outside = expected.filter((input) => input.checked).length;
    get("[data-missing]").textContent = String(expected.length - outside);
    get("[data-outside-count]").textContent = dataset.outside!.replace("{n}", String(outside)).replace("{all}", String(expected.length));
    get("[data-clear]").hidden = !inputs.some((input) => input.checked) && !added.length;
}

const listOf = (html: string) => Number(/data-list="(\d+)"/.exec(html)?.[1]);

/** Waits until the worker has stored this list or a newer one. A page that was loaded before the worker is requested again. */
async function store(shown: number) {
    const { serviceWorker } = navigator;
    // Only over HTTPS, and on the machine that the server runs on.
    if (!serviceWorker) return false;
    let isRequested = false;
    for (let times = 0; times < TIMES; times++) {
        const stored = await caches.match(location.pathname);
        if (stored && listOf(await stored.text()) >= shown) return true;
        if (times >= AGAIN && serviceWorker.controller && !isRequested) {
            isRequested = true;
            const files = performance.getEntriesByType("resource").map(({ name }) => name);
            for (const file of [location.pathname, ...files.filter((name) => new URL(name).pathname.startsWith("/pkg/"))]) fetch(file).catch(() => {});
        }
        await new Promise((done) => setTimeout(done, EVERY));
    }
    return false;
}

function paper() {
    // A closed part is not printed.
    for (const part of all<HTMLDetailsElement>("details")) part.open = true;
    print();
}

function begin() {
    for (const hidden of all("[data-script]")) hidden.hidden = false;
    show(read());
    const shown = Number(get("[data-list]").dataset.list);
    store(shown).then(
        (isStored) => (get(isStored ? "[data-stored]" : "[data-unstored]").hidden = false),
        // The browser stores nothing.
        () => (get("[data-unstored]").hidden = false),
    );
    if (location.hash === "#print") paper();
}

const within = (target: EventTarget | null, selector: string) => (target as Element).closest(`[data-roster] ${selector}`);

addEventListener("change", ({ target }) => {
    const input = target as HTMLInputElement;
    if (!within(input, ".roster")) return;
    const { dataset } = get("[data-list]");
    change(({ ticks }) => {
        if (input.checked) ticks[input.value] = clock(dataset);
        else delete ticks[input.value];
    });
});
addEventListener("click", ({ target }) => {
    if (within(target, "[data-print]")) paper();
    if (within(target, "[data-clear]"))
        change((state) => {
            state.ticks = {};
            state.added = [];
        });
    if (within(target, "[data-add]")) {
        get("form").hidden = false;
        get("form input").focus();
    }
});
addEventListener("submit", (event) => {
    if (!within(event.target, "form")) return;
    event.preventDefault();
    const field = get<HTMLInputElement>("form input");
    const name = field.value.trim();
    field.value = "";
    if (name) change(({ added }) => added.push(name));
});

let begun: Element | undefined;
// The application takes over the nodes as the server sent them, so it goes first; without a network it may never come.
let isLate = false;
const follow = () => {
    const box = document.querySelector("[data-roster] [data-list]");
    if (!box || box === begun || !("hydrated" in root.dataset || isLate)) return;
    begun = box;
    begin();
};
new MutationObserver(follow).observe(root, { attributeFilter: ["data-hydrated"], childList: true, subtree: true });
setTimeout(() => {
    isLate = true;
    follow();
}, PATIENCE);
follow();
