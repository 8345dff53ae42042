// Sends a form within `data-at-once` with the first change: what it chooses is seen at once, so there is nothing to confirm.
//
// Not here: its button, which stands there for who has no script (`style/ui/form.css` hides it).

export function sendAtOnce() {
    addEventListener("change", ({ target }) => {
        const { form } = target as HTMLInputElement;
        if (form?.closest("[data-at-once]")) form.requestSubmit();
    });
}
