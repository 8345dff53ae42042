// Shrinks a photo before it leaves the device: cameras take 50 megapixels and more, which no page shows and the
// server refuses.
//
// Invariant: a photo that can't be shrunk is sent unchanged, for the server to judge. Works without object URLs,
// which the content policy forbids. A file of its own, loaded with the first photo field. Not here: what the
// server does with it.

const FIELD = "input[type=file][accept^=image]";
/** Pixels of the longer side: four times the stored size. */
const LONGEST = 2048;
/** Bytes below which a photo of that size stays as it is. */
const LIGHT = 1_000_000;

/** Photos being shrunk, by their form. */
const working = new WeakMap<HTMLFormElement, Promise<unknown>>();

async function smaller(file: File) {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    const isTaken = /^image\/(jpeg|png|webp)$/.test(file.type);
    if (scale === 1 && isTaken && file.size < LIGHT) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d")!;
    // A browser that protects canvases from fingerprinting would return noise for a photo.
    context.fillStyle = "#123";
    context.fillRect(0, 0, 1, 1);
    if (context.getImageData(0, 0, 1, 1).data.join() !== "17,34,51,255") return file;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!made || (scale === 1 && isTaken && made.size >= file.size)) return file;
    return new File([made], "photo.jpg", { type: made.type });
}

async function shrink(field: HTMLInputElement) {
    const [file] = field.files ?? [];
    if (!file) return;
    const made = await smaller(file);
    // Another one may have been chosen meanwhile.
    if (made === file || field.files?.[0] !== file) return;
    const files = new DataTransfer();
    files.items.add(made);
    field.files = files.files;
}

function begin(field: HTMLInputElement) {
    const { form } = field;
    if (!form) return;
    const done = shrink(field).catch(() => {});
    working.set(form, done);
    done.then(() => working.get(form) === done && working.delete(form));
}

addEventListener("change", ({ target }) => {
    if ((target as Element).matches(FIELD)) begin(target as HTMLInputElement);
});

// Before any other handler of a form.
addEventListener(
    "submit",
    async (event) => {
        const form = event.target as HTMLFormElement;
        const done = working.get(form);
        if (!done) return;
        const { submitter } = event;
        event.preventDefault();
        event.stopImmediatePropagation();
        form.ariaBusy = "true";
        await done;
        form.ariaBusy = null;
        form.requestSubmit(submitter);
    },
    true,
);

// Files chosen before this script loaded.
for (const field of document.querySelectorAll<HTMLInputElement>(FIELD)) begin(field);
