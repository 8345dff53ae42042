// What helps to fill a form in: the first field copied to all others.
//
// Not here: what is kept of what was typed (`drafts.ts`), and what the server says of it.

const changed = (input: HTMLInputElement, value: string) => {
    input.value = value;
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
};

export function helpToFillIn() {
    addEventListener("click", ({ target }) => {
        const form = (target as Element).closest("[data-copy-first]")?.closest("form");
        const [first, ...others] = form?.querySelectorAll<HTMLInputElement>("input.input") ?? [];
        for (const input of others) changed(input, first!.value);
    });
}
