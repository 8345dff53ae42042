// What helps to fill a form in: the first field copied to all others, and a picture shown before it is sent.
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
    addEventListener("change", ({ target }) => {
        const { files, parentElement, accept } = target as HTMLInputElement;
        if (!files || !/image/.test(accept)) return;
        parentElement!.querySelector(".preview")?.remove();
        const [file] = files;
        if (!file) return;
        const picture = document.createElement("img");
        picture.className = "preview";
        picture.alt = file.name;
        picture.src = URL.createObjectURL(file);
        picture.onload = picture.onerror = () => URL.revokeObjectURL(picture.src);
        (target as Element).after(picture);
    });
}
