// Behaviour that every page has before and beside the WebAssembly module.
//
// Invariant: works on the document as the server sent it, hydrated or not. Not here: anything that draws a page, which is `app`.

import { keepDrafts } from "./drafts.ts";
import { keepFocus } from "./focus.ts";
import { keepWhileOffline } from "./offline.ts";

keepDrafts();
keepFocus();
keepWhileOffline();
