// A document with the page's script, and what a browser, a server and the application do to it.
//
// The script is the shipped one, minified. The test controls the time: `pass` advances it.

import { execFileSync } from "node:child_process";
import { setImmediate as turn } from "node:timers/promises";
import { type DOMWindow, JSDOM } from "jsdom";

const SCRIPT = execFileSync("npm", ["run", "--silent", "build"], { encoding: "utf8" });

/** Timers that run when the test says so. */
class Clock {
    now = 0;
    private timers: { due: number; run: () => void }[] = [];

    readonly set = (run: () => void, delay = 0) => this.timers.push({ due: this.now + delay, run });

    /** Advances by `ms` and runs everything that is due. */
    async pass(ms: number) {
        const end = this.now + ms;
        for (;;) {
            await turn();
            const next = this.timers.reduce<number>((first, { due }) => Math.min(first, due), Infinity);
            if (next > end) break;
            this.now = next;
            const due = this.timers.filter((timer) => timer.due === next);
            this.timers = this.timers.filter((timer) => timer.due !== next);
            for (const { run } of due) run();
        }
        this.now = end;
    }
}

export interface Options {
    path?: string;
    /** Who is signed in; `null` for an anonymous visitor. */
    who?: string | null;
    /** How the browser reached the document. */
    navigation?: NavigationTimingType;
    /** The tab's session storage, from the previous document. */
    stored?: [name: string, value: string][];
}

/** A sent form: the content of the next request. */
export interface Sent {
    form: HTMLFormElement;
    body: [name: string, value: string][];
}

export const NOTICE = "Somebody saved in the meantime.";
export const UNREACHED = "Toolgate can’t be reached.";

export class Page {
    readonly clock = new Clock();
    readonly window: DOMWindow;
    readonly document: Document;
    /** Forms sent by the browser itself. */
    readonly sent: Sent[] = [];
    /** Addresses requested by the script. */
    readonly requests: string[] = [];
    /** Ids of elements that were scrolled to. */
    readonly scrolled: string[] = [];
    /** The server's status; unreachable, or silent. */
    server: number | "gone" | "silent" = 200;

    constructor(body: string, { path = "/people/7", who = "3", navigation = "navigate", stored = [] }: Options = {}) {
        const person = who === null ? "" : `data-who="${who}" data-news="${NOTICE}"`;
        const html = `<!DOCTYPE html><html ${person}><body data-unreached="${UNREACHED}"><main>${body}</main></body></html>`;
        const { window } = new JSDOM(html, { url: `https://workshop.example${path}`, runScripts: "outside-only" });
        this.window = window;
        this.document = window.document;
        for (const [name, value] of stored) window.sessionStorage.setItem(name, value);
        Object.assign(window, { setTimeout: this.clock.set, fetch: this.fetch });
        Object.assign(window.performance, { getEntriesByType: () => [{ type: navigation }], now: () => this.clock.now });
        // jsdom has no rendering, so these are missing.
        const frame = (run: (now: number) => void) => this.clock.set(() => run(this.clock.now), 16);
        Object.assign(window, { requestAnimationFrame: frame, matchMedia: () => ({ matches: true }) });
        const { scrolled } = this;
        window.Element.prototype.scrollIntoView = function (this: Element) {
            scrolled.push(this.id);
        };
        window.AbortSignal.timeout = (ms) => {
            const controller = new window.AbortController();
            this.clock.set(() => controller.abort(), ms);
            return controller.signal;
        };
        const form = window.HTMLFormElement.prototype;
        const requestSubmit = form.requestSubmit;
        // Browsers take `null` for no button, jsdom does not.
        form.requestSubmit = function (submitter) {
            requestSubmit.call(this, submitter ?? undefined);
        };
        window.eval(SCRIPT);
        window.addEventListener("submit", this.send);
    }

    private readonly fetch = async (address: string, { signal }: { signal: AbortSignal }) => {
        this.requests.push(address);
        if (this.server === "gone") throw new TypeError("Failed to fetch");
        if (this.server !== "silent") return { ok: this.server < 300 };
        return new Promise((_, reject) => signal.addEventListener("abort", reject));
    };

    /** What the browser does with a form that no script handles. */
    private readonly send = (event: SubmitEvent) => {
        if (event.defaultPrevented) return;
        const form = event.target as HTMLFormElement;
        const body = [...new this.window.FormData(form, event.submitter)];
        this.sent.push({ form, body: body.map(([name, value]) => [name, String(value)]) });
        // jsdom would report that it cannot load the next document.
        event.preventDefault();
        Object.defineProperty(event, "defaultPrevented", { value: false });
    };

    get<E extends Element = HTMLInputElement>(selector: string): E {
        const found = this.document.querySelector<E>(selector);
        if (!found) throw new Error(`no ${selector} in ${this.document.body.innerHTML}`);
        return found;
    }

    has(selector: string) {
        return this.document.querySelector(selector) !== null;
    }

    /** Types or selects, as a person does. */
    type(selector: string, value: string | boolean) {
        const field = this.get(selector);
        if (typeof value === "boolean") field.checked = value;
        else field.value = value;
        field.dispatchEvent(new this.window.Event("input", { bubbles: true }));
    }

    /** The application takes over the document. */
    async hydrate() {
        this.document.documentElement.dataset.hydrated = "1";
        await this.clock.pass(0);
        return this;
    }

    /** The application renders `body` in place of the current content. */
    async draw(body: string) {
        this.get("main").innerHTML = body;
        await this.clock.pass(0);
    }

    /** Follows a link of the application, which renders `body`. */
    async follow(path: string, body: string) {
        const link = this.document.createElement("a");
        link.href = path;
        this.document.body.append(link);
        link.addEventListener("click", (event) => {
            event.preventDefault();
            this.window.history.pushState(null, "", path);
            this.get("main").innerHTML = body;
        });
        link.click();
        link.remove();
        await this.clock.pass(0);
    }

    /** The browser's back button; the application renders `body`. */
    async back(body: string) {
        this.window.history.back();
        await this.clock.pass(0);
        await this.draw(body);
    }

    /** Presses the button of a form, or sends it without one. */
    async submit(form: string, button?: string) {
        this.get<HTMLFormElement>(form).requestSubmit(button ? this.get<HTMLButtonElement>(button) : null);
        await this.clock.pass(0);
    }

    /** The tab loads another document. */
    next(body: string, options: Options = {}) {
        this.window.dispatchEvent(new this.window.Event("pagehide"));
        const stored = Object.entries<string>({ ...this.window.sessionStorage });
        return new Page(body, { path: this.window.location.pathname, stored, ...options });
    }

    async reload(body: string, options: Options = {}) {
        return this.next(body, { navigation: "reload", ...options }).hydrate();
    }
}
