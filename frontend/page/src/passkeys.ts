// Asks the browser for a passkey when a form within `data-passkey` is sent, and sends the answer with it. On the page of
// sign-in the browser also offers passkeys in the field for the address.
//
// Invariant: the form itself is sent the browser's way, with the answer in it, so that signing in works before the
// application is loaded. A file of its own, loaded with the first such form. Not here: what is asked, which is the server's.

import { bytes } from "./base64.ts";

interface Key {
    id: string;
}

/** As the server sends them. */
interface Options {
    challenge: string;
    user?: Key;
    allowCredentials?: Key[];
    excludeCredentials?: Key[];
}

interface Begun {
    ceremony: string;
    options: Options;
    /** Why it was not begun. */
    detail: string;
}

/** How long the server waits for an answer: then the browser is asked again. */
const LASTS = 240_000;

const text = (value: ArrayBuffer) =>
    btoa(String.fromCharCode(...new Uint8Array(value)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");

/** The options of the server, with bytes where browsers want them. */
function decode({ challenge, user, allowCredentials = [], excludeCredentials = [], ...others }: Options) {
    const key = (it: Key) => ({ ...it, id: bytes(it.id) });
    return {
        ...others,
        challenge: bytes(challenge),
        ...(user && { user: key(user) }),
        allowCredentials: allowCredentials.map(key),
        excludeCredentials: excludeCredentials.map(key),
    };
}

/** The answer of an authenticator, with text for bytes. */
function encode({ id, rawId, type, response }: PublicKeyCredential) {
    const fields: Record<string, unknown> = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        const value = (response as unknown as Record<string, ArrayBuffer | null>)[name];
        if (value) fields[name] = text(value);
    }
    if ("getTransports" in response) fields["transports"] = (response as AuthenticatorAttestationResponse).getTransports();
    return JSON.stringify({ id, rawId: text(rawId), type, response: fields, extensions: {} });
}

/** A refusal of the server, in its words. */
class Refusal extends Error {}

const input = (form: HTMLFormElement, name: string) => form.elements.namedItem(name) as HTMLInputElement;

/** Asks the server what to ask for, and then the browser; fills in the answer. */
async function ask(form: HTMLFormElement, ceremony: string, signal: AbortSignal, mediation?: CredentialMediationRequirement) {
    const name = ceremony === "add" && { body: new URLSearchParams({ name: input(form, "name").value }) };
    const reply = await fetch(`/passkeys/${ceremony}`, { method: "POST", signal, ...name });
    const begun = (await reply.json()) as Begun;
    if (!reply.ok) throw new Refusal(begun.detail);
    const publicKey = decode(begun.options) as unknown;
    const { credentials } = navigator;
    const found =
        ceremony === "add"
            ? await credentials.create({ publicKey: publicKey as PublicKeyCredentialCreationOptions, signal })
            : await credentials.get({ publicKey: publicKey as PublicKeyCredentialRequestOptions, signal, ...(mediation && { mediation }) });
    input(form, "ceremony").value = begun.ceremony;
    input(form, "answer").value = encode(found as PublicKeyCredential);
}

/** Says below the form why there is no answer. At the end, because hydration counts nodes from the beginning. */
function tell(form: HTMLFormElement, message: string) {
    const line = document.createElement("p");
    line.className = "form-summary";
    line.role = "alert";
    line.dataset.passkeyProblem = "";
    line.textContent = message;
    form.append(line);
}

// One browser dialog at a time.
let pending = new AbortController();

async function fill(form: HTMLFormElement, { passkey, cancelled, impossible, known }: DOMStringMap) {
    pending.abort();
    pending = new AbortController();
    form.querySelector("[data-passkey-problem]")?.remove();
    if (!("PublicKeyCredential" in window)) return tell(form, impossible!);
    try {
        await ask(form, passkey!, pending.signal);
        form.requestSubmit();
    } catch (error) {
        if (pending.signal.aborted) return;
        // How browsers refuse a second passkey for one account (Web Authentication, 5.1.3).
        const isKnown = error instanceof Error && error.name === "InvalidStateError";
        tell(form, error instanceof Refusal ? error.message : isKnown ? known! : cancelled!);
    }
}

// While capturing: before the application and the script that sends forms.
addEventListener(
    "submit",
    (event) => {
        const form = event.target as HTMLFormElement;
        const place = form.closest<HTMLElement>("[data-passkey]");
        if (!place || input(form, "answer").value) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        fill(form, place.dataset);
    },
    true,
);

/** Offers passkeys in the field for the address, until one is chosen or the button is pressed. */
async function offer() {
    const form = document.querySelector<HTMLFormElement>("[data-passkey=sign-in] form");
    // Not again after a refusal.
    if (!form || form.querySelector(".form-summary") || !(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
    const { signal } = pending;
    const again = new AbortController();
    const timer = setTimeout(() => again.abort(), LASTS);
    try {
        await ask(form, "sign-in", AbortSignal.any([signal, again.signal]), "conditional");
        form.requestSubmit();
    } catch {
        // Too late for the server: a page that nobody looks at waits until somebody does.
        if (!again.signal.aborted || signal.aborted) return;
        if (document.hidden) addEventListener("visibilitychange", offer, { once: true });
        else offer();
    } finally {
        clearTimeout(timer);
    }
}

offer();
