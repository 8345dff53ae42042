// A file of the page, as often as it takes: a phone loses its line in a doorway, and whoever leaves a page while it comes must
// not be told that it broke. Whole before it is handed on, for a line may also break in the middle.
async function file(name) {
    for (let wait = 250; ; wait = Math.min(2 * wait, 15_000)) {
        try {
            const answer = await fetch(new URL(`./${name}.wasm`, import.meta.url));
            if (answer.ok) return await answer.arrayBuffer();
            // The server has another build by now, and its page fits it. Not at once, lest a page reload for ever.
            if (answer.status === 404 && performance.now() > 10_000) {
                location.reload();
                return new Promise(() => {});
            }
        } catch {
            // No line, or a page that is being left.
        }
        await new Promise((again) => setTimeout(again, wait));
    }
}
// What was begun before, or begun now. What failed is forgotten, so that the next click tries again.
function once(known, key, begin) {
    if (!known.has(key)) {
        known.set(
            key,
            begin().catch((error) => {
                known.delete(key);
                throw error;
            }),
        );
    }
    return known.get(key);
}
// Each module once, by its number, whichever file it came in: a second instance would begin with its own statics.
const modules = new Map();
async function modulesOf(name) {
    const packed = await WebAssembly.compile(await file(name));
    const started = WebAssembly.Module.customSections(packed, "m").map((section) => {
        const [number] = new Uint16Array(section, 0, 1);
        return once(modules, number, () => WebAssembly.instantiate(section.slice(2), getSharedImports()));
    });
    await Promise.all(started);
}
const files = new Map();
function load(name) {
    return once(files, name, () => modulesOf(name));
}
// What the main module calls, with its own function to call when the area is there.
const area = (...names) => async (callback, data) => {
    let there = true;
    try {
        await Promise.all(names.map(load));
    } catch (error) {
        console.error(error);
        there = false;
    }
    getSharedImports().__wasm_split.__indirect_function_table.get(callback)(data, there);
};
