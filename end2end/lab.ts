// A server, boards and brokers for every journey; whatever happens, they end with it.
//
// TOOLGATE_BIN names the binary; nothing is built from here.

import AxeBuilder from "@axe-core/playwright";
import { test as base, type Browser, type Cookie, expect, type Page } from "@playwright/test";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as later } from "node:timers/promises";

const BINARY = process.env.TOOLGATE_BIN ?? resolve("../target/debug/toolgate");

/** Marta Ferri of the demo; she may use every machine. */
export const MARTA = "1a2b0000";
/** Jonas Weber; he may use the laser cutters as well. */
export const JONAS = "1b2c0b35";

/** A process that takes commands line by line. */
export class Told {
  output = "";
  /** The exit code, once the process has ended and its output is complete. */
  readonly closed: Promise<number | null>;
  private isClosed = false;
  constructor(readonly process: ChildProcess) {
    this.closed = new Promise((done) => process.once("close", done));
    void this.closed.then(() => (this.isClosed = true));
    for (const stream of [process.stdout, process.stderr]) stream?.on("data", (data) => (this.output += data));
  }

  say(line: string) {
    this.process.stdin?.write(`${line}\n`);
  }

  async until(text: string | RegExp, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    while (!(typeof text === "string" ? this.output.includes(text) : text.test(this.output))) {
      if (this.isClosed || Date.now() > end) throw new Error(`no ${text} in:\n${this.output}`);
      await later(20);
    }
  }

  async end(signal: NodeJS.Signals = "SIGTERM") {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill(signal);
    await this.closed;
  }
}

/**
 * A furnished demo that nobody has entered, to copy from: a copy takes a tenth of the time. It is renewed before its
 * "today" and "in use for" have aged.
 */
const template = { folder: "", made: 0 };
const FRESH = 4 * 60_000;
process.once("exit", () => template.folder && rmSync(template.folder, { recursive: true, force: true }));

async function furnished() {
  if (Date.now() - template.made > FRESH) {
    if (template.folder) rmSync(template.folder, { recursive: true, force: true });
    template.folder = mkdtempSync(join(tmpdir(), "toolgate-template-"));
    const data = join(template.folder, "data");
    const own = ["--data", data, "--board-delay", "0", "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0"];
    const told = new Told(spawn(BINARY, ["demo", "--no-boards", "--round-the-clock", ...own], { stdio: ["pipe", "pipe", "pipe"] }));
    await told.until("Sign in, once each", 60);
    await told.end();
    template.made = Date.now();
  }
  return join(template.folder, "data");
}

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), "toolgate-"));
  private running: Told[] = [];
  private where?: { http: string; mqtt: string | null };
  server?: Told;
  /** Cookies of an admitted display. */
  wall: Cookie[] = [];
  /** Cookies of people who have entered. */
  readonly sessions = new Map<string, Cookie[]>();

  /** Starts `toolgate demo` on the lab's folder; a second start takes the same ports. */
  demo(...options: string[]) {
    return this.start("demo", ...options);
  }

  /** Starts `toolgate serve` on the lab's folder: an empty space. */
  serve(...options: string[]) {
    return this.start("serve", "--print-set-up-link", ...options);
  }

  private async start(command: string, ...options: string[]) {
    const data = join(this.folder, "data");
    const ports = this.where
      ? ["--listen", new URL(this.where.http).host, ...(this.where.mqtt ? ["--mqtt-listen", this.where.mqtt] : [])]
      : ["--listen", "127.0.0.1:0", ...(options.includes("--mqtt-url") ? [] : ["--mqtt-listen", "127.0.0.1:0"])];
    const file = join(data, "run.json");
    // A department is furnished anew.
    const isCopied = command === "demo" && !options.includes("--department");
    if (isCopied && !existsSync(data)) cpSync(await furnished(), data, { recursive: true });
    rmSync(file, { force: true });
    this.server = this.spawn(BINARY, [command, "--data", data, "--board-delay", "0", ...ports, ...options]);
    const end = Date.now() + 60_000;
    while (!existsSync(file)) {
      if (this.server.process.exitCode !== null || Date.now() > end) throw new Error(this.server.output);
      await later(20);
    }
    this.where = JSON.parse(readFileSync(file, "utf8"));
    return this;
  }

  /** Its server was typed at a terminal, which alone tells where it listens. */
  get isAtTerminal() {
    return this.where === undefined;
  }

  get url() {
    return this.where!.http;
  }

  /** Host and port of the built-in broker. */
  get mqtt() {
    return this.where!.mqtt!;
  }

  /** Boards of the machines with these numbers, controlled from their keyboard. */
  async boards(numbers: string, broker = `mqtt://${this.where!.mqtt}`, ...options: string[]) {
    const boards = this.spawn(BINARY, ["sim", "--mqtt-url", broker, "--boards", numbers, ...options]);
    await boards.until("type help");
    return boards;
  }

  spawn(program: string, options: string[], where: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    const told = new Told(spawn(program, options, { ...where, stdio: ["pipe", "pipe", "pipe"] }));
    this.running.push(told);
    return told;
  }

  async close() {
    // Boards first, so that none complains about a missing server.
    for (const told of this.running.reverse()) await told.end("SIGKILL");
    // What ran in a terminal ends a moment after it, and may still write.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
    // A fault, also where a page that is loaded again recovers from it.
    expect(this.running.flatMap(({ output }) => output.match(/panicked at .*/g) ?? [])).toEqual([]);
  }
}

/** A Mosquitto with a user for Toolgate and one for boards, and the shipped access list. */
export class Mosquitto {
  private told?: Told;
  constructor(
    private readonly lab: Lab,
    readonly port: number,
  ) {
    const users = ["toolgate", "board"].map((user) => {
      const file = join(lab.folder, user);
      spawnSync("mosquitto_passwd", ["-b", "-c", file, user, "secret"]);
      return readFileSync(file, "utf8");
    });
    writeFileSync(join(lab.folder, "users"), users.join(""), { mode: 0o600 });
    writeFileSync(join(lab.folder, "acl"), readFileSync(resolve("../deploy/mosquitto.acl")), { mode: 0o600 });
    writeFileSync(
      join(lab.folder, "mosquitto.conf"),
      `listener ${port} 127.0.0.1\nallow_anonymous false\nretain_available false\nuser root\npassword_file ${lab.folder}/users\nacl_file ${lab.folder}/acl\n`,
    );
  }

  start() {
    const program = existsSync("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
    this.told = this.lab.spawn(program, ["-c", join(this.lab.folder, "mosquitto.conf")]);
  }

  async stop() {
    await this.told?.end("SIGKILL");
  }

  url(user: string) {
    return `mqtt://${user}:secret@127.0.0.1:${this.port}`;
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Any browser error fails the journey, except those it causes itself. */
const EXPECTED = /status of 4\d\d|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED|was preloaded using link preload|Service Worker registration blocked by Playwright/;

export const test = base.extend<{ lab: Lab; expected: RegExp; quiet: void }, { browser: Browser; shared: Lab }>({
  // Of some hundred starts of Chromium one crashes before any page is there, which says nothing about a journey: it is
  // started once more. A browser that crashes later fails its journey.
  browser: [
    async ({ playwright, browserName }, use) => {
      const program = playwright[browserName];
      const browser = await program.launch().catch((crash: Error) => {
        console.warn(`the browser did not start, and is started once more: ${crash.message.split("\n", 1)[0]}`);
        return program.launch();
      });
      await use(browser);
      await browser.close();
    },
    { scope: "worker", timeout: 0 },
  ],
  // The server of this worker's journeys that only read.
  shared: [
    async ({}, use) => {
      const lab = new Lab();
      await lab.demo("--no-boards");
      await use(lab);
      await lab.close();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  // Additional errors this journey causes.
  expected: [/^$/, { option: true }],
  lab: async ({}, use) => {
    const lab = new Lab();
    await use(lab);
    await lab.close();
  },
  quiet: [
    async ({ context, expected }, use) => {
      const complaints: string[] = [];
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type()) && !EXPECTED.test(message.text()) && !expected.test(message.text())) complaints.push(message.text());
      });
      context.on("weberror", (error) => complaints.push(error.error().message));
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** A journey that changes nothing: its lab is a demo that runs already, shared with others of its kind. */
export const reading = test.extend({ lab: ({ shared }, use) => use(shared) });

export { expect };

/** Before that a page does not react to its reader. */
export const hydrated = (page: Page) => page.waitForSelector("html[data-hydrated]");

/** Rules that every page must pass. */
const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

/** Rules that see colours; the others find the same in every theme. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/**
 * Axe on this page, with its default rules. Without frames it needs no second page to put results together, and without
 * the list of what passed its answer is short.
 */
export const axeBuilder = (page: Page) => new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(page.frames().length === 1);

/** Axe finds no violations on the page. */
export async function axe(page: Page, where = "", rules?: string[]) {
  const builder = axeBuilder(page);
  const { violations } = await (rules ? builder.withRules(rules) : builder.withTags(RULES)).analyze();
  expect(violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes[0]?.target}`)).toEqual([]);
}

/** No horizontal overflow. */
export async function fits(page: Page, where = "") {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, where).toBeLessThanOrEqual(0);
}

export async function accessible(page: Page, where: string) {
  await axe(page, where);
  await fits(page, where);
}

/**
 * Axe finds no violations in either theme, and nothing overflows. The page must have been opened with `reducedMotion`,
 * or colours fade.
 */
export async function accessibleInBothThemes(page: Page, where: string) {
  await page.emulateMedia({ colorScheme: "dark" });
  await axe(page, `${where} dark`, COLOURS);
  await page.emulateMedia({ colorScheme: "light" });
  await accessible(page, `${where} light`);
}

/**
 * Navigates to a non-page of this server: an open page would reload itself when its session ends. A page left for
 * nowhere requests its icon anonymously, and the browser complains.
 */
export const leave = (page: Page, lab: Lab) => page.goto(`${lab.url}/healthz`);

/** The row of a machine on `Now`. */
export const row = (page: Page, id: number) => page.locator(`main a.item[href="/machines/${id}"]`);

/** The tile of a machine on the wall display. */
export const tile = (page: Page, name: string) => page.locator("main li", { hasText: name });

/** A printed link, which may begin with a public address, at the address where the lab listens; as printed by a command typed at a terminal. */
const onLab = (lab: Lab, link: string) => (lab.isAtTerminal ? link : `${lab.url}${new URL(link).pathname}`);

/** Makes `page` a wall display, by the link that a demo prints. It works once: later pages are the same screen. */
export async function screen(lab: Lab, page: Page) {
  if (lab.wall.length > 0) {
    await page.context().addCookies(lab.wall);
    await page.goto(`${lab.url}/kiosk`);
    return;
  }
  const link = /Wall, for a screen\s+(\S+)/;
  await lab.server!.until(link);
  await page.goto(onLab(lab, link.exec(lab.server!.output)![1]!));
  await page.getByRole("main").getByRole("button", { name: /^(Show wall display|Mostra qui lo schermo)$/ }).click();
  await page.waitForURL(`${lab.url}/kiosk`);
  lab.wall = (await page.context().cookies()).filter(({ name }) => name === "display");
}

/** Makes the person signed in on `page` follow machine 1; leaves them on its page. */
export async function followMachine(lab: Lab, page: Page) {
  await page.goto(`${lab.url}/machines/1`);
  await hydrated(page);
  await page.getByRole("button", { name: "Follow this machine" }).click();
  await expect(page.getByRole("button", { name: "Stop following" })).toBeVisible();
}

/** Makes the person signed in on `page` block that page's machine. */
export async function blockMachine(page: Page) {
  await page.getByText("Block machine").first().click();
  await page.getByLabel("Why?").fill("The lens is cracked.");
  await page.getByRole("button", { name: "Block machine" }).click();
}

/** Selects an offered time, which may lie under the bar at the bottom until scrolled. */
export async function choose(page: Page, value: string) {
  const time = page.locator(`input[value="${value}"]`);
  await time.evaluate((radio) => radio.scrollIntoView({ block: "center" }));
  await time.check({ force: true });
}

/** Selects the last of the offered times. Returns its value, by which it is found again: the list moves on with the time. */
export async function chooseLast(page: Page): Promise<string> {
  const value = await page.getByRole("radio").last().inputValue();
  await choose(page, value);
  return value;
}

/** Signs in as one of a demo's people. Their link works once, so the next page gets the same session. */
export async function enter(lab: Lab, page: Page, who: "an administrator" | "a trainer" | "a member") {
  const session = lab.sessions.get(who);
  if (session) {
    await page.context().addCookies(session);
    return;
  }
  const link = new RegExp(`${who}\\s+(\\S+/enter/\\S+)`);
  await lab.server!.until(link);
  await page.goto(onLab(lab, link.exec(lab.server!.output)![1]!));
  await page.getByRole("main").getByRole("button").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/enter/"));
  lab.sessions.set(who, await page.context().cookies());
}
