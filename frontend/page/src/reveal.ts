// Shows what opens. Otherwise a click on something that opens beyond the edge of the window seems to do nothing.
//
// What opens is a disclosure, the target of a link (`#hold`, once the page has rendered it), or an answer: why a
// form was refused, and elements with `data-reveal`. It is scrolled to, clear of the bars (`scroll-padding` in
// `style/base.css`), and a form gets the focus in its first field; a pressed disclosure keeps it on its summary,
// unless it contains a reason field: letters typed elsewhere are shortcuts of the page. Not here: the focus after
// a change of page (`app/src/frame.rs`).

import { root } from "./forms.ts";

/** How long a page may take to render a link's target, and to move the focus to its beginning. */
const PATIENCE = 10_000;
const SETTLED = 500;

const ANSWER = ".form-summary, [data-reveal]";
const FIELD = "input:not([type=hidden]), select, textarea";

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Scrolls no further than needed; an element that fills half of the window begins at its top. */
const scrollTo = (box: Element) => {
    const block = box.getBoundingClientRect().height > innerHeight / 2 ? "start" : "nearest";
    box.scrollIntoView({ block, behavior: isCalm() ? "auto" : "smooth" });
};

/**
 * The element a target stands for: the disclosure or section around it, if the target is at its head, or else itself.
 */
const boxOf = (place: Element) => {
    const details = place.closest("details");
    if (details) details.open = true;
    const box = details ?? place.closest("form, section, li, tr") ?? place;
    const isHead = place.getBoundingClientRect().top - box.getBoundingClientRect().top < innerHeight / 4;
    return isHead ? box : place;
};

/** The first field of its only form with fields, the button of its only form, or else the target itself. */
const targetOf = (box: Element, place: Element) => {
    const forms = box.matches("form") ? [box] : [...box.querySelectorAll("form")].filter((form) => !form.closest("details:not([open]), [hidden]"));
    const fields = forms.flatMap((form) => form.querySelector<HTMLElement>(FIELD) ?? []);
    const [only] = fields.length ? fields : forms.flatMap((form) => form.querySelector<HTMLElement>("button") ?? []);
    return only && (fields.length || forms.length) === 1 ? only : (place as HTMLElement);
};

const show = (place: Element) => {
    const box = boxOf(place);
    // What a narrow page hides takes no focus.
    const target = [targetOf(box, place), place as HTMLElement].find((it) => {
        if (it === place && it.tabIndex < 0) it.tabIndex = -1;
        it.focus({ preventScroll: true });
        return document.activeElement === it;
    });
    scrollTo(box);
    return target;
};

export function reveal() {
    // The last followed link; none once the visitor did something else.
    let followed: string | undefined;
    let pressed: Element | null | undefined;

    const follow = (href: string) => {
        const { hash } = new URL(href);
        const began = performance.now();
        followed = href;
        let shown: HTMLElement | undefined;
        let since = 0;
        const look = (now: number) => {
            if (followed !== href || now - began > PATIENCE || (shown && now - since > SETTLED)) return;
            const place = location.href === href && document.getElementById(decodeURIComponent(hash.slice(1)));
            // The page itself takes the focus when it is rendered, and may rebuild the target.
            if (place && (!shown?.isConnected || document.activeElement?.matches("main, body"))) {
                shown = show(place);
                since = now;
            }
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    };

    for (const type of ["keydown", "pointerdown", "wheel"]) addEventListener(type, () => (followed = undefined), { capture: true, passive: true });
    // While capturing: before the application follows the link.
    addEventListener(
        "click",
        (event) => {
            const at = event.target as Element;
            pressed = at.closest("summary")?.parentElement;
            const link = at.closest<HTMLAnchorElement>("a[href*='#']");
            const isElsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
            if (!link?.hash || link.origin !== location.origin || link.relList.contains("external") || isElsewhere) return;
            // Within a page the scrolling starts from the current position, not from the top.
            if (link.pathname === location.pathname) link.dataset.noscroll = "";
            follow(link.href);
        },
        true,
    );
    addEventListener(
        "toggle",
        ({ target }) => {
            const details = target as HTMLDetailsElement;
            if (details !== pressed) return;
            pressed = null;
            if (!details.open) return;
            if (details.matches(".declining")) details.querySelector<HTMLElement>(FIELD)?.focus({ preventScroll: true });
            scrollTo(details);
        },
        true,
    );
    new MutationObserver((changes) => {
        if (!root.dataset.hydrated) return;
        for (const { addedNodes } of changes)
            for (const node of addedNodes) {
                if (!(node instanceof Element)) continue;
                const answer = node.matches(ANSWER) ? node : node.querySelector(ANSWER);
                // One frame later the fields of a refused form are marked; the first of them has the focus then,
                // and is visible.
                if (answer) requestAnimationFrame(() => answer.closest("form")?.querySelector("[aria-invalid=true]") ?? scrollTo(answer));
            }
    }).observe(root, { childList: true, subtree: true });
}
