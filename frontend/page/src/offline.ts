// Sends a form that loads a document only when the server answers. Otherwise the browser's error page would replace the form and
// everything typed into it.
//
// Invariant: `data-leaving` on the root element blocks every other form until the next document is there.
// Not here: forms that are sent by script, which report a failed request themselves.

import { returnsToPage, root } from "./forms.ts";

/** How long to wait for the server's answer, and for the document that replaces this one. */
const PATIENCE = 10_000;

export function keepWhileOffline() {
    // The form that is being sent.
    let sending: HTMLFormElement | null = null;
    // On the window, so after the handlers of forms that are sent by script.
    addEventListener("submit", async (event) => {
        const form = event.target as HTMLFormElement;
        const submitter = event.submitter as HTMLButtonElement | null;
        if (event.defaultPrevented || (submitter?.formMethod || form.method) !== "post" || form === sending) return;
        event.preventDefault();
        // The second click of a double click.
        if ("leaving" in root.dataset) return;
        const stay = () => {
            delete root.dataset.leaving;
            form.ariaBusy = null;
        };
        root.dataset.leaving = "";
        form.ariaBusy = "true";
        form.querySelector("[data-unreached]")?.remove();
        try {
            if (!(await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok) throw 0;
            sending = form;
            form.requestSubmit(submitter);
            // A download leaves the page where it is. After this time the user has stopped the browser, and may
            // send again.
            setTimeout(stay, returnsToPage(form) ? PATIENCE : 0);
        } catch {
            stay();
            // At the end: the page may not be hydrated yet, and hydration counts nodes from the beginning.
            form.insertAdjacentHTML(
                "beforeend",
                `<p class="form-summary" role="alert" data-unreached>${document.body.dataset.unreached}</p>`,
            );
        }
        sending = null;
    });
}
