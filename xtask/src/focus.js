// Whoever pressed what goes away for it stays beside where it was: a browser would have them begin at the top of the page.
{
    let last;
    addEventListener("focusin", ({ target }) => (last = target));
    addEventListener("focusout", ({ target }) => setTimeout(() => last === target && target.isConnected && (last = null)));
    new MutationObserver((changes) => {
        if (!last || last.isConnected || document.activeElement !== document.body) return;
        const from = changes.find(({ removedNodes }) => [...removedNodes].some((it) => it.contains(last)));
        const beside = from?.target.closest("section, main");
        last = null;
        if (!beside) return;
        beside.tabIndex = -1;
        beside.focus({ preventScroll: true });
    }).observe(document.documentElement, { childList: true, subtree: true });
}
