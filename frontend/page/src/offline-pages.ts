// Without a network: a page from the service worker says how old it is, and a link leads to what the worker has.
//
// Not here: forms, which stay with what was typed (`offline.ts`), and what is kept for how long (`worker.ts`).

import { root } from "./forms.ts";

export function showOffline() {
    // Only over HTTPS, and on the machine that the server runs on.
    if (!navigator.serviceWorker) return;
    addEventListener("load", () => {
        // Refused where a browser keeps nothing: then there is nothing without a network, as before.
        navigator.serviceWorker.register("/worker.js").catch(() => {});
    });
    const { kept } = root.dataset;
    if (kept) {
        // At the end, for hydration counts nodes from the beginning.
        const line = document.createElement("p");
        line.className = "kept";
        line.setAttribute("role", "status");
        // By the clock of the space, as the page itself says when things are.
        line.textContent = document.body.dataset.kept!;
        document.body.append(line);
        addEventListener("online", () => location.reload());
    }
    // The application would ask for data and code that it does not get, on a page that was kept for all that the browser says. As a document the worker answers it: with the page as it
    // was, or with one that says why there is none.
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
