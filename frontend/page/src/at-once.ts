// Submits a form within `data-at-once` on the first change: its effect is visible at once, so there is nothing to
// confirm.
//
// Not here: its button, which is for browsers without script (`style/ui/form.css` hides it).

export function sendAtOnce() {
    addEventListener("change", ({ target }) => {
        const { form } = target as HTMLInputElement;
        if (form?.closest("[data-at-once]")) form.requestSubmit();
    });
}
