// A browser, and what a push service checks: the first line of the input is a command, each further one its argument.
//
// Independent of the product's code: http_ece decrypts, Node's own cryptography makes keys and checks signatures.
//   keys                            → p256dh, auth and the private key of a new browser, in base64url
//   read BODY PRIVATE AUTH          → the decrypted text
//   token AUTHORIZATION             → the claims of a valid token
import { createECDH, createPublicKey, randomBytes, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import ece from "http_ece";

const bytes = (text) => Buffer.from(text, "base64url");
const [command, ...given] = readFileSync(0, "utf8").split("\n");

const browser = (key) => {
    const curve = createECDH("prime256v1");
    if (key) curve.setPrivateKey(bytes(key));
    else curve.generateKeys();
    return curve;
};

const commands = {
    keys() {
        const curve = browser();
        const auth = randomBytes(16);
        return [curve.getPublicKey(), auth, curve.getPrivateKey()].map((part) => part.toString("base64url")).join("\n");
    },
    read(body, key, auth) {
        return ece.decrypt(bytes(body), { version: "aes128gcm", privateKey: browser(key), authSecret: bytes(auth) });
    },
    token(authorization) {
        const [, token, key] = /^vapid t=([\w.-]+),k=([\w-]+)$/.exec(authorization);
        const [head, claims, signature] = token.split(".");
        const point = bytes(key);
        const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
        const known = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
        const signed = Buffer.from(`${head}.${claims}`);
        if (!verify("sha256", signed, { key: known, dsaEncoding: "ieee-p1363" }, bytes(signature))) throw new Error("the signature is not valid");
        if (JSON.parse(bytes(head)).alg !== "ES256") throw new Error("another algorithm");
        return bytes(claims).toString();
    },
};
process.stdout.write(commands[command](...given));
