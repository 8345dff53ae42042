// Keeps the keyboard focus near a control that was removed while it had the focus, such as the button of a finished action.
// Browsers would otherwise continue from the top of the page.

import { root } from "./forms.ts";

export function keepFocus() {
    let focused: Element | null | undefined;
    addEventListener("focusin", ({ target }) => {
        focused = target as Element;
    });
    // A removed control may report `focusout` as well; only one that is still there has really lost the focus.
    addEventListener("focusout", ({ target }) =>
        setTimeout(() => {
            if (focused === target && (target as Element).isConnected) focused = null;
        }),
    );
    new MutationObserver((changes) => {
        const gone = focused;
        if (!gone || gone.isConnected || document.activeElement !== document.body) return;
        const removal = changes.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(gone)));
        const parent = removal?.target as Element | undefined;
        const enclosing = parent?.closest<HTMLElement>("section, main");
        focused = null;
        if (!enclosing) return;
        enclosing.tabIndex = -1;
        enclosing.focus({ preventScroll: true });
    }).observe(root, { childList: true, subtree: true });
}
