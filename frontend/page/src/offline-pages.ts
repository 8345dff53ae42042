// Without a network: a page from the service worker shows its age, and a link leads to the pages the worker has.
//
// Not here: forms, which preserve their input (`offline.ts`), and what is stored for how long (`worker.ts`).

import { root } from "./forms.ts";

/** Where `roster.ts` stores ticks, after the id of the person whose they are. */
const TICKS = "roster";

export function showOffline() {
    // Like stored pages, they are not for the next person.
    addEventListener("load", () => {
        if (!localStorage.getItem(TICKS)?.startsWith(`${root.dataset.who} `)) localStorage.removeItem(TICKS);
    });
    // Only over HTTPS, and on the machine that the server runs on.
    if (!navigator.serviceWorker) return;
    addEventListener("load", () => {
        // Refused if the browser stores nothing: then nothing works without a network, as before.
        navigator.serviceWorker.register("/worker.js").catch(() => {});
    });
    const { kept } = root.dataset;
    if (kept) {
        // At the end, because hydration counts nodes from the beginning.
        const line = document.createElement("p");
        line.className = "kept";
        line.setAttribute("role", "status");
        // By the clock of the space, like all times on the page.
        line.textContent = document.body.dataset.kept!;
        document.body.append(line);
        // The list of an evacuation stays as it is while people tick it off.
        if (!document.querySelector("[data-roster]")) addEventListener("online", () => location.reload());
    }
    // The application would request data and code it does not get, on a stored page whose age the browser does not
    // know. As a document navigation the worker answers it: with the stored page, or with one that explains the
    // failure.
    addEventListener(
        "click",
        (event) => {
            const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
            if ((navigator.onLine && !kept) || !link || link.origin !== location.origin || !navigator.serviceWorker.controller) return;
            if (link.hash && link.pathname === location.pathname) return;
            event.stopPropagation();
        },
        true,
    );
}
