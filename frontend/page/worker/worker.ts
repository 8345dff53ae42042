// The service worker: what a phone shows without a network. The pages visited on the way, unchanged, with their
// age; for every other page, one that explains the failure.
//
// Invariant: the network comes first, so nothing old is shown if the server answers; only the list for an evacuation
// does not wait long for a newer one. Stored pages belong to one person: as soon as the server reports another
// one, or none, all of them are deleted; the list for an evacuation, which names others, also after a day. Files
// of a build are named by their content and come from here first. Not here: data requests, the event stream, files
// and videos, which pass by as if there were no worker.
//
// It also shows the notifications that the server pushes, already decrypted by the browser, and opens their page.

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const FILES = "files";
const PAGES = "pages";
/** Beside the text of a notification. */
const ICON = "/icon-192.png";
/** Shown for pages that are not stored. */
const OFFLINE = "/offline";
/** Whose pages are stored, and in which language: no page of the server's. */
const OWNER = "/offline?owner";
/** The list for an evacuation. A document that was loaded before the worker was there requests it again, to have it stored. */
const LIST = "/building/evacuate";
/** How long the list is stored, in milliseconds. */
const LISTED = 24 * 3_600_000;
/** When a page was stored: a header of the stored answer, in milliseconds since 1970. */
const STORED = "toolgate-stored";
/** How long a stored list waits for a newer one. */
const PATIENCE = 4_000;
/** *Now*, machines, own bookings, training, notices and account, appointments, the list for an evacuation. */
const KEPT = /^\/($|(machines\/\d+|book\/mine|learn|notices|me|checkouts|building\/evacuate)$)/;

worker.addEventListener("install", (event) => {
    event.waitUntil(renew().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
    event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== location.origin) return;
    if (url.pathname.startsWith("/pkg/")) event.respondWith(file(request, url));
    else if (request.mode === "navigate" || url.pathname === LIST) event.respondWith(page(event, url));
});

/** A pushed message, as the server writes it. */
interface Message {
    title: string;
    body: string;
    /** The page that it opens: a path on this site. */
    link: string;
    /** A later one with the same tag replaces it. */
    tag: string;
}

worker.addEventListener("push", (event) => {
    const message = event.data?.json() as Message | undefined;
    if (!message) return;
    const { title, body, link, tag } = message;
    event.waitUntil(worker.registration.showNotification(title, { body, tag, data: link, icon: ICON, badge: ICON }));
});

worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(String(event.notification.data)));
});

/** Shows a page of this site in a window that is open, or in a new one. */
async function open(link: string) {
    const url = new URL(link, location.origin);
    if (url.origin !== location.origin) return;
    const [first] = await worker.clients.matchAll({ type: "window" });
    // A window without this worker cannot be sent elsewhere.
    const shown = await first?.navigate(url.href).catch(() => null);
    await (shown ? shown.focus() : worker.clients.openWindow(url.href));
}

/** Fetches the offline page, in the current language. */
async function renew() {
    await (await caches.open(FILES)).add(new Request(OFFLINE, { cache: "reload" }));
}

const buildOf = (url: URL) => url.pathname.split("/")[2];

async function file(request: Request, url: URL) {
    const files = await caches.open(FILES);
    const kept = await files.match(url.pathname);
    if (kept) return kept;
    const answer = await fetch(request);
    if (answer.ok) {
        for (const other of await files.keys()) {
            const its = new URL(other.url);
            if (its.pathname !== OFFLINE && buildOf(its) !== buildOf(url)) await files.delete(other);
        }
        await files.put(url.pathname, answer.clone());
    }
    return answer;
}

/** Deletes the list for an evacuation once it is too old. */
async function forget() {
    const pages = await caches.open(PAGES);
    const list = await pages.match(LIST);
    if (list && Date.now() - Number(list.headers.get(STORED)) >= LISTED) await pages.delete(LIST);
}

async function page(event: FetchEvent, url: URL) {
    const forgotten = forget();
    event.waitUntil(forgotten);
    const stored = async () => {
        await forgotten;
        return url.search ? undefined : (await caches.open(PAGES)).match(url.pathname);
    };
    try {
        const isListed = url.pathname === LIST && (await stored()) !== undefined;
        const late = new AbortController();
        const timer = isListed ? setTimeout(() => late.abort(), PATIENCE) : undefined;
        const answer = await fetch(event.request, isListed ? { signal: late.signal } : undefined);
        clearTimeout(timer);
        // A proxy may answer for a server that is gone.
        if (isListed && answer.status >= 500) throw 0;
        // The names are no longer for this person.
        if (isListed && answer.status === 403) event.waitUntil(caches.open(PAGES).then((pages) => pages.delete(LIST)));
        if (answer.ok && answer.headers.get("content-type")?.startsWith("text/html")) event.waitUntil(keep(url, answer.clone()));
        return answer;
    } catch {
        return (await stored()) ?? unreached(await (await caches.open(FILES)).match(OFFLINE));
    }
}

/** Instead of a page that is not stored: not the requested one, so not a success. */
function unreached(said?: Response) {
    return said ? new Response(said.body, { status: 503, statusText: "Service Unavailable", headers: said.headers }) : Response.error();
}

async function keep(url: URL, answer: Response) {
    const html = await answer.text();
    const root = /<html[^>]*>/.exec(html)?.[0];
    if (!root) return;
    const owner = `${/data-who="(\d+)"/.exec(root)?.[1]} ${/lang="(\w+)"/.exec(root)?.[1]}`;
    let pages = await caches.open(PAGES);
    if ((await (await pages.match(OWNER))?.text()) !== owner) {
        await caches.delete(PAGES);
        pages = await caches.open(PAGES);
        await pages.put(OWNER, new Response(owner));
        await renew();
    }
    if (answer.redirected || url.search || !KEPT.test(url.pathname)) return;
    const headers = new Headers({ [STORED]: String(Date.now()) });
    for (const name of ["content-type", "content-security-policy"]) {
        const value = answer.headers.get(name);
        if (value) headers.set(name, value);
    }
    const aged = root.replace("<html", '<html data-kept="true"');
    await pages.put(url.pathname, new Response(html.replace(root, aged), { headers }));
}
