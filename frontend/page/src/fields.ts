// Helpers for fields: copying the first one to all others, and copying a value to the clipboard.
//
// Not here: drafts (`drafts.ts`), and validation, which the server does.

const changed = (input: HTMLInputElement, value: string) => {
    input.value = value;
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
};

export function helpToFillIn() {
    addEventListener("click", ({ target }) => {
        const button = (target as Element).closest<HTMLElement>("[data-copy]");
        if (!button) return;
        const field = document.getElementById(button.dataset.copy!) as HTMLInputElement;
        // If the browser refuses, or has no clipboard, one key copies the selection.
        field.select();
        navigator.clipboard?.writeText(field.value).then(
            () => (button.textContent = button.dataset.copied!),
            () => {},
        );
    });
    addEventListener("click", ({ target }) => {
        const form = (target as Element).closest("[data-copy-first]")?.closest("form");
        const [first, ...others] = form?.querySelectorAll<HTMLInputElement>("input.input") ?? [];
        for (const input of others) changed(input, first!.value);
    });
}
