// Sends a form that loads a document only when the server answers. Otherwise the browser's error page would replace the form
// and what was typed into it. The `data-leaving` mark blocks every other form until the next document is there.
{
    const root = document.documentElement;
    // The form that is being sent.
    let going;
    // On the window, so after the handlers of forms that are sent by script.
    addEventListener("submit", async (event) => {
        const { target: form, submitter } = event;
        if (event.defaultPrevented || (submitter?.formMethod || form.method) !== "post" || form === going) return;
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
            if (!(await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(10_000) })).ok) throw 0;
            going = form;
            form.requestSubmit(submitter);
            // A download leaves the page where it is. After 10 s somebody has stopped the browser, and may send again.
            setTimeout(stay, /^\?/.test(form.getAttribute("action")) || /^mu/.test(form.enctype) ? 10_000 : 0);
        } catch {
            stay();
            // At the end: the page may not be hydrated yet, and hydration counts nodes from the beginning.
            form.insertAdjacentHTML("beforeend", `<p class="form-summary" role="alert" data-unreached>${document.body.dataset.unreached}</p>`);
        }
        going = null;
    });
}
