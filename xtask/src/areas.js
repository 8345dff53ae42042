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
// The modules of a file are one, with their data beside it: by piece the number of its module, its address and its length, then
// all bytes. Code may come again with another file; data is written once, because it may have changed.
const written = new Set();
async function modulesOf(name) {
    const module = await WebAssembly.compile(await file(name));
    const [modules, addresses, lengths, data] = ["m", "a", "l", "d"].map((it) => WebAssembly.Module.customSections(module, it)[0]);
    const [numbers, ats, sizes] = [new Uint16Array(modules), new Uint32Array(addresses), new Uint32Array(lengths)];
    const shared = getSharedImports();
    const memory = new Uint8Array(shared.__wasm_split.memory.buffer);
    const before = new Set(written);
    let at = 0;
    for (const [piece, number] of numbers.entries()) {
        if (!before.has(number)) memory.set(new Uint8Array(data, at, sizes[piece]), ats[piece]);
        at += sizes[piece];
        written.add(number);
    }
    await WebAssembly.instantiate(module, shared);
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
