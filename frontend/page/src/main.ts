// Behaviour that every page has before and beside the WebAssembly module.
//
// Invariant: works on the document as the server sent it, hydrated or not. Not here: anything that draws a page, which is `app`.

import { sendAtOnce } from "./at-once.ts";
import { keepDrafts } from "./drafts.ts";
import { helpToFillIn } from "./fields.ts";
import { keepFocus } from "./focus.ts";
import { showOffline } from "./offline-pages.ts";
import { keepWhileOffline } from "./offline.ts";
import { reveal } from "./reveal.ts";

keepDrafts();
keepFocus();
keepWhileOffline();
sendAtOnce();
helpToFillIn();
reveal();
showOffline();

// The scripts for tables, photos, the list of an evacuation, notifications and passkeys load with the first of them.
const LAZY = [
    ["[data-table]", "tables.js"],
    ["input[accept^=image]", "photos.js"],
    ["[data-roster]", "roster.js"],
    ["[data-push]", "push.js"],
    ["[data-passkey]", "passkeys.js"],
] as const;
for (const [first, file] of LAZY) {
    const load = () => {
        if (!document.querySelector(first)) return;
        observer.disconnect();
        import(new URL(file, document.querySelector<HTMLLinkElement>("link[rel=stylesheet]")!.href).href);
    };
    const observer = new MutationObserver(load);
    observer.observe(document, { childList: true, subtree: true });
    load();
}
