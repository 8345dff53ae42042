import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { JSDOM } from "jsdom";

const SCRIPT = execFileSync("npm", ["run", "--silent", "photos"], { encoding: "utf8" });

interface Options {
    /** The camera's picture; `null` for a file this browser can't read. */
    pixels?: [width: number, height: number] | null;
    /** The browser returns noise from canvases. */
    hides?: boolean;
    type?: string;
    bytes?: number;
    /** It was chosen before the script loaded. */
    early?: boolean;
}

/** A page with a photo form, in which one has been chosen. */
async function chosen({ pixels = [8160, 6144], hides = false, type = "image/jpeg", bytes = 15_000_000, early = false }: Options = {}) {
    const body = `<form method="post" enctype="multipart/form-data"><input type="file" accept="image/jpeg,image/png"><button>Send</button></form>`;
    const { window } = new JSDOM(body, { url: "https://workshop.example/machines/1/report", runScripts: "outside-only" });
    const field = window.document.querySelector("input")!;
    const photo = { type, size: bytes } as File;
    let files = early ? [photo] : [];
    Object.defineProperty(field, "files", { get: () => files, set: (list: File[]) => (files = list) });
    const drawn: number[][] = [];
    let decode = () => {};
    const decoded = new Promise<void>((done) => (decode = done));
    Object.assign(window, {
        DataTransfer: function (this: { files: File[]; items: unknown }) {
            this.files = [];
            this.items = { add: (file: File) => this.files.push(file) };
        },
        File: function (this: object, [made]: [{ size: number }], name: string, { type }: { type: string }) {
            Object.assign(this, { name, type, size: made.size });
        },
        createImageBitmap: async () => {
            await decoded;
            if (!pixels) throw new Error("no picture");
            return { width: pixels[0], height: pixels[1], close: () => {} };
        },
    });
    const canvas = window.HTMLCanvasElement.prototype;
    Object.assign(canvas, {
        getContext: () => ({
            fillRect: () => {},
            getImageData: () => ({ data: hides ? [91, 3, 17, 255] : [17, 34, 51, 255] }),
            drawImage: (_: unknown, ...place: number[]) => drawn.push(place),
        }),
        toBlob: (done: (made: { size: number; type: string }) => void) => done({ size: 600_000, type: "image/jpeg" }),
    });
    window.eval(SCRIPT);
    let sent = 0;
    window.addEventListener("submit", (event) => {
        if (!event.defaultPrevented) sent += 1;
        event.preventDefault();
    });
    files = [photo];
    if (!early) field.dispatchEvent(new window.Event("change", { bubbles: true }));
    const settle = async () => {
        for (let at = 0; at < 5; at += 1) await turn();
    };
    const send = async () => {
        window.document.querySelector("button")!.click();
        await settle();
    };
    const work = async () => {
        decode();
        await settle();
    };
    return { photo, file: () => files[0]!, drawn, send, work, sent: () => sent };
}

test("photo of 50 megapixels: shrunk to three, in either orientation", async () => {
    for (const [pixels, place] of [
        [[8160, 6144], [0, 0, 2048, 1542]],
        [[6144, 8160], [0, 0, 1542, 2048]],
    ] as const) {
        const page = await chosen({ pixels: [...pixels] });
        await page.work();
        assert.deepEqual(page.drawn, [place]);
        assert.equal(page.file().size, 600_000);
        assert.equal(page.file().type, "image/jpeg");
    }
});

test("photo chosen before the script loaded: shrunk too", async () => {
    const page = await chosen({ early: true });
    await page.work();
    assert.equal(page.file().size, 600_000);
});

test("form with a photo being shrunk: waits and is sent once", async () => {
    const page = await chosen();
    await page.send();
    assert.equal(page.sent(), 0);
    await page.work();
    assert.equal(page.sent(), 1);
    assert.equal(page.file().size, 600_000);
});

test("small or unreadable photo: sent unchanged", async () => {
    for (const options of [{ pixels: [1600, 1200], bytes: 400_000 }, { pixels: null }, { hides: true }] as Options[]) {
        const page = await chosen(options);
        await page.work();
        assert.equal(page.file(), page.photo, JSON.stringify(options));
        await page.send();
        assert.equal(page.sent(), 1);
    }
});

test("format unknown to the server: converted to JPEG", async () => {
    const page = await chosen({ pixels: [1600, 1200], type: "image/heic", bytes: 300_000 });
    await page.work();
    assert.equal(page.file().type, "image/jpeg");
});
