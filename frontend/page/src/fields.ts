// What helps with fields: the first one copied to all others, and what one holds copied for another program.
//
// Not here: what is kept of what was typed (`drafts.ts`), and what the server says of it.

const changed = (input: HTMLInputElement, value: string) => {
    input.value = value;
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
};

export function helpToFillIn() {
    addEventListener("click", ({ target }) => {
        const button = (target as Element).closest<HTMLElement>("[data-copy]");
        if (!button) return;
        const field = document.getElementById(button.dataset.copy!) as HTMLInputElement;
        // Where the browser refuses, or has no way to, one key copies what is selected.
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
