// A piece of the page, as often as it takes: a phone loses its line in a doorway, and whoever leaves a page while it
// comes must not be told that it broke. Whole before it is handed on, for a line may also break in the middle.
async function chunk(url) {
    for (let wait = 250; ; wait = Math.min(2 * wait, 15_000)) {
        try {
            const answer = await fetch(url);
            if (answer.ok) {
                return new Response(await answer.arrayBuffer(), { headers: { "Content-Type": "application/wasm" } });
            }
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
