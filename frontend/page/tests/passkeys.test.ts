import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { JSDOM } from "jsdom";

const SCRIPT = execFileSync("npm", ["run", "--silent", "passkeys"], { encoding: "utf8" });

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

interface Options {
    ceremony?: string;
    /** What the server answers, and its status. */
    begun?: object;
    status?: number;
    /** What the browser's dialog ends with. */
    found?: object | null;
    /** Whether the browser offers passkeys in fields. */
    conditional?: boolean;
    /** The name of the browser's refusal where nothing is found. */
    refusal?: string;
    /** Whether it knows passkeys. */
    supported?: boolean;
}

const OPTIONS = { challenge: "AQID", rpId: "lab.example", allowCredentials: [{ type: "public-key", id: "_-8" }] };
const FOUND = {
    id: "_-8",
    rawId: bytes(255, 239),
    type: "public-key",
    response: { clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: null },
};

/** A form for a passkey, and a browser with one. */
function page({ ceremony = "confirm", begun = { ceremony: "token", options: OPTIONS }, status = 200, found = FOUND, conditional = false, supported = true, refusal = "NotAllowedError" }: Options = {}) {
    const html = `<!DOCTYPE html><body><div data-passkey="${ceremony}" data-cancelled="Cancelled." data-impossible="Impossible." data-known="Known.">
        <form method="post"><input name="to" value="/me"><input name="name" value="My phone"><input type="hidden" name="ceremony"><input type="hidden" name="answer"><button>Use</button></form>
        </div></body>`;
    const { window } = new JSDOM(html, { url: "https://lab.example/", runScripts: "outside-only" });
    const requests: string[] = [];
    const asked: { publicKey: { challenge: Uint8Array; allowCredentials: { id: Uint8Array }[] }; mediation?: string }[] = [];
    const sent: Record<string, string>[] = [];
    const ask = async (options: (typeof asked)[number]) => {
        asked.push(options);
        if (!found) throw Object.assign(new window.Error(), { name: refusal });
        return found;
    };
    Object.assign(window, {
        fetch: async (address: string, { body = "" }: RequestInit) => {
            requests.push(`${address} ${body}`.trim());
            return { ok: status < 300, json: async () => begun };
        },
    });
    if (supported) Object.assign(window, { PublicKeyCredential: { isConditionalMediationAvailable: async () => conditional } });
    window.AbortSignal.any = ([signal]: AbortSignal[]) => signal!;
    Object.defineProperty(window.navigator, "credentials", { value: { get: ask, create: ask } });
    window.eval(SCRIPT);
    window.addEventListener("submit", (event) => {
        event.preventDefault();
        sent.push(Object.fromEntries(new window.FormData(event.target as HTMLFormElement)) as Record<string, string>);
    });
    const form = window.document.querySelector("form")!;
    const press = async () => {
        form.requestSubmit();
        for (let times = 0; times < 10; times++) await turn();
    };
    const message = () => window.document.querySelector("[role=alert]")?.textContent;
    return { requests, asked, sent, press, message };
}

test("form is sent with the answer of a passkey", async () => {
    const { requests, asked, sent, press, message } = page();
    await press();
    assert.deepEqual(requests, ["/passkeys/confirm"]);
    assert.deepEqual([...asked[0]!.publicKey.challenge], [1, 2, 3]);
    assert.deepEqual([...asked[0]!.publicKey.allowCredentials[0]!.id], [255, 239]);
    assert.equal(sent.length, 1);
    assert.equal(sent[0]!["to"], "/me");
    assert.equal(sent[0]!["ceremony"], "token");
    const { rawId, response } = JSON.parse(sent[0]!["answer"]!);
    assert.equal(rawId, "_-8");
    assert.deepEqual(response, { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" });
    assert.equal(message(), undefined);
});

test("new passkey is sent with its transports", async () => {
    const response = { clientDataJSON: bytes(1), attestationObject: bytes(2), getTransports: () => ["internal"] };
    const options = { challenge: "AQID", user: { id: "AQ", name: "ada" } };
    const { requests, sent, press } = page({ ceremony: "add", begun: { ceremony: "token", options }, found: { ...FOUND, response } });
    await press();
    assert.deepEqual(requests, ["/passkeys/add name=My+phone"], "a name is checked before the device makes a passkey");
    assert.deepEqual(JSON.parse(sent[0]!["answer"]!).response, { clientDataJSON: "AQ", attestationObject: "Ag", transports: ["internal"] });
});

test("cancelled dialog sends nothing and can be repeated", async () => {
    const { requests, sent, press, message } = page({ found: null });
    await press();
    assert.equal(message(), "Cancelled.");
    await press();
    assert.equal(message(), "Cancelled.");
    assert.deepEqual([sent.length, requests.length], [0, 2]);
});

test("device with a passkey of the account says so", async () => {
    const { sent, press, message } = page({ ceremony: "add", found: null, refusal: "InvalidStateError" });
    await press();
    assert.equal(message(), "Known.");
    assert.equal(sent.length, 0);
});

test("refusal of the server is shown in its words", async () => {
    const { asked, sent, press, message } = page({ status: 409, begun: { detail: "Confirm first." } });
    await press();
    assert.equal(message(), "Confirm first.");
    assert.deepEqual([sent.length, asked.length], [0, 0]);
});

test("browser without passkeys says so", async () => {
    const { requests, press, message } = page({ supported: false });
    await press();
    assert.equal(message(), "Impossible.");
    assert.equal(requests.length, 0);
});

test("sign-in offers passkeys in the field and asks for nothing else", async () => {
    const { requests, asked, sent } = page({ ceremony: "sign-in", conditional: true });
    for (let times = 0; times < 20; times++) await turn();
    assert.deepEqual(requests, ["/passkeys/sign-in"]);
    assert.equal(asked[0]!.mediation, "conditional");
    assert.equal(sent.length, 1);
    const other = page({ ceremony: "confirm", conditional: true });
    for (let times = 0; times < 20; times++) await turn();
    assert.equal(other.requests.length, 0);
});
