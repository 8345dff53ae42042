// Opens the page in the folder that it is given, without a browser, and prints what its areas answer.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[1]}/`);
globalThis.fetch = async (address) => new Response(readFileSync(new URL(address)));
const page = await import(new URL("sample.js", folder));
await page.default({ module_or_path: readFileSync(new URL("sample_bg.wasm", folder)) });
// The second time the area is there already.
console.log(JSON.stringify([await page.first(), await page.third(5), await page.second(7), await page.first()]));
