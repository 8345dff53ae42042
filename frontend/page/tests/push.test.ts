import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { JSDOM } from "jsdom";

const SCRIPT = execFileSync("npm", ["run", "--silent", "push"], { encoding: "utf8" });

interface Options {
    permission?: NotificationPermission;
    /** The key that an earlier subscription was made with; none is made yet. */
    known?: number[];
    isSupported?: boolean;
    /** Whether the browser reaches its push service. */
    isReachable?: boolean;
}

/** The server's key: the bytes 251 and 255, which the two alphabets of base64 write differently. */
const [KEY, OWN] = ["-_8", [251, 255]] as const;

function page({ permission = "granted", known, isSupported = true, isReachable = true }: Options = {}) {
    const body = `<div data-push="${KEY}" data-unsupported="unsupported" data-denied="denied" data-failed="failed">
        <form><input type="hidden" name="endpoint"><input type="hidden" name="p256dh"><input type="hidden" name="auth">
        <button type="button">Turn on</button></form><p role="status"></p></div>`;
    const { window } = new JSDOM(`<!DOCTYPE html><html><body>${body}</body></html>`, {
        url: "https://workshop.example/me/notifications",
        runScripts: "outside-only",
    });
    const { document } = window;
    const done: string[] = [];
    const made = (key: ArrayLike<number>) => ({
        options: { applicationServerKey: Uint8Array.from(key).buffer },
        toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "BP", auth: "AA", other: "x" } }),
        unsubscribe: () => Promise.resolve(done.push("unsubscribed")),
    });
    const pushManager = {
        getSubscription: () => Promise.resolve(known ? made(known) : null),
        subscribe: ({ applicationServerKey: key }: { applicationServerKey: ArrayLike<number> }) => {
            if (!isReachable) return Promise.reject(new Error("no push service"));
            done.push(`subscribed ${[...Uint8Array.from(key)].join()}`);
            return Promise.resolve(made(key));
        },
    };
    if (isSupported) {
        Object.assign(window, { PushManager: class {}, Notification: { requestPermission: () => Promise.resolve(permission) } });
        Object.defineProperty(window.navigator, "serviceWorker", { value: { ready: Promise.resolve({ pushManager }) } });
    }
    const form = document.querySelector("form")!;
    form.requestSubmit = () => void done.push([...form.querySelectorAll("input")].map(({ name, value }) => `${name}=${value}`).join("&"));
    window.eval(SCRIPT);
    const tap = async () => {
        document.querySelector("button")!.click();
        for (let rounds = 0; rounds < 5; rounds += 1) await turn();
        return document.querySelector("[role=status]")!.textContent;
    };
    return { done, tap };
}

const SENT = "endpoint=https://push.example/1&p256dh=BP&auth=AA";

test("nothing is asked before a tap, and then the subscription is sent by the form", async () => {
    const { done, tap } = page();
    await turn();
    assert.deepEqual(done, []);
    assert.equal(await tap(), "");
    assert.deepEqual(done, [`subscribed ${OWN.join()}`, SENT]);
});

test("subscription with the same key is sent again, and one with another key is replaced", async () => {
    const same = page({ known: [...OWN] });
    await same.tap();
    assert.deepEqual(same.done, [SENT]);
    const other = page({ known: [1, 2] });
    await other.tap();
    assert.deepEqual(other.done, ["unsubscribed", `subscribed ${OWN.join()}`, SENT]);
});

test("refusal of the browser is explained", async () => {
    for (const [options, text] of [
        [{ isSupported: false }, "unsupported"],
        [{ permission: "denied" }, "denied"],
        [{ isReachable: false }, "failed"],
    ] as const) {
        const { done, tap } = page(options);
        assert.equal(await tap(), text);
        assert.deepEqual(done, []);
    }
});
