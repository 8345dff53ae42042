// Subscribes this browser to notifications, and fills in the form that adds it.
//
// Invariant: the browser asks for permission only after a tap. A file of its own, loaded with the page of notifications.
// Not here: what a notification shows (`worker.ts`), and the list of devices, which is the server's.

import { bytes } from "./base64.ts";

const isSame = (one: ArrayBuffer | null, other: Uint8Array) => {
    const own = new Uint8Array(one ?? new ArrayBuffer(0));
    return own.length === other.length && own.every((byte, at) => byte === other[at]);
};

/** The subscription of this browser, made with the present key of the server. */
async function subscribe(key: Uint8Array<ArrayBuffer>) {
    const { pushManager } = await navigator.serviceWorker.ready;
    const known = await pushManager.getSubscription();
    if (known && isSame(known.options.applicationServerKey, key)) return known;
    await known?.unsubscribe();
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function turnOn(place: HTMLElement) {
    const { push = "", unsupported, denied, failed } = place.dataset;
    const status = place.querySelector("[role=status]")!;
    const say = (text = "") => (status.textContent = text);
    say();
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return say(unsupported);
    if ((await Notification.requestPermission()) !== "granted") return say(denied);
    try {
        const { endpoint, keys } = (await subscribe(bytes(push))).toJSON();
        const form = place.querySelector("form")!;
        for (const [name, value] of Object.entries({ endpoint, ...keys })) {
            const field = form.querySelector<HTMLInputElement>(`[name=${name}]`);
            if (field) field.value = value ?? "";
        }
        return form.requestSubmit();
    } catch {
        return say(failed);
    }
}

addEventListener("click", ({ target }) => {
    const place = (target as Element).closest("button[type=button]")?.closest<HTMLElement>("[data-push]");
    if (place) void turnOn(place);
});
