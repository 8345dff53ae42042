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
// The section that bytes begin with: its kind, the length of what follows, seven bits to a byte, and that.
function section(bytes) {
    let [at, length, shift] = [1, 0, 0];
    do {
        length |= (bytes[at] & 127) << shift;
        shift += 7;
    } while (bytes[at++] & 128);
    return bytes.subarray(0, at + length);
}
// Each module once, by its number, whichever file it came in: a second instance would begin with its own statics. In a file
// like parts of modules stand beside each other, behind a list of each one's number and which parts it has.
const modules = new Map();
const head = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
async function modulesOf(name) {
    const packed = await WebAssembly.compile(await file(name));
    const [list, ...columns] = WebAssembly.Module.customSections(packed, "m").map((it) => new Uint8Array(it));
    const words = new Uint16Array(list.buffer);
    const started = [];
    for (let at = 0; at < words.length; at += 2) {
        const parts = [head];
        for (const [part, bytes] of columns.entries()) {
            if ((words[at + 1] >> part) & 1) {
                const next = section(bytes);
                columns[part] = bytes.subarray(next.length);
                parts.push(next);
            }
        }
        const start = async () => WebAssembly.instantiate(await new Blob(parts).arrayBuffer(), getSharedImports());
        started.push(once(modules, words[at], start));
    }
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
