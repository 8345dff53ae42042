// The commands of the README, typed at a terminal as they are written there, up to what they say to open.
//
// The first one builds the development page, which is opened nowhere else.

import { readFileSync } from "node:fs";
import { stat, utimes } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { enter, expect, hydrated, type Lab, row, test, type Told } from "./lab.ts";
import { setUpLink } from "./start.ts";

const ROOT = resolve("..");

/** Seconds for a build from nothing, which takes 17 minutes on two cores. In `cargo xtask test` most of it is there. */
const BUILD = 30 * 60;

/** Seconds for a program to end after it was asked to. */
const STOP = 30;

/** Lines in which a tool or a program says that something went wrong. */
const ERROR = /^(?:[Ee]rror\b|npm (?:err|ERR)|cannot\b|fatal\b|toolgate: ).*|.*(?:\bERROR\b|panicked at ).*/gm;

/** What a terminal shows, without colours and cursor moves. */
const plain = (output: string) => output.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, "");

/** What the README says below a heading. */
const section = (heading: string) => readFileSync(join(ROOT, "README.md"), "utf8").split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";

/** The commands below a heading, by block, without their comments. */
function commands(heading: string): string[][] {
  const blocks = [...section(heading).matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!.split("\n"));
  return blocks.map((lines) => lines.map((line) => line.replace(/\s+#.*/, "").trim()).filter(Boolean));
}

/** Types a command at a terminal: the set-up link is only printed to one. It takes the place of the shell, which would end by Ctrl-C itself. */
function type(lab: Lab, command: string, env: NodeJS.ProcessEnv = {}) {
  lab.server = lab.spawn("script", ["--quiet", "--return", "--command", `exec ${command}`, "/dev/null"], { cwd: ROOT, env: { ...process.env, ...env } });
  return lab.server;
}

/** Ends the command as one does at a terminal. All must have gone well. */
async function interrupt(terminal: Told) {
  terminal.process.stdin!.write("\u0003");
  expect(await Promise.race([terminal.closed, later(STOP * 1000, "still running", { ref: false })]), terminal.output).toBe(0);
  expect(plain(terminal.output).match(ERROR)).toBe(null);
}

/** Waits until the demo has opened so many times. `cargo xtask dev` does not end when a build or a start fails. */
async function demoIsOpen(terminal: Told, times = 1) {
  const failed = /waiting for the next change|^toolgate: /m;
  await terminal.until(new RegExp(`(?:a member\\s+\\S+/enter/\\S+\\s[^]*?){${times}}|${failed.source}`, "m"), BUILD);
  expect(terminal.output).not.toMatch(failed);
}

test("first command: builds the development page, and a member and a manager see the simulated machines", async ({ lab, page }) => {
  test.setTimeout((BUILD + 60) * 1000);
  const [[run] = [], ...others] = commands("Look around");
  expect([run, others]).toEqual(["cargo xtask run", [["cargo xtask test"]]]);
  // Not the folder in the checkout, which may hold somebody's demo.
  const terminal = type(lab, run!, { TOOLGATE_DATA: join(lab.folder, "data") });
  await demoIsOpen(terminal);
  expect(readFileSync(join(ROOT, "target/site.stamp"), "utf8")).toMatch(/^dev /);
  // Where the README says that it opens, unless something else is there.
  const address = /<(http:\/\/\S+)>/.exec(section("Look around"))![1]!;
  if (!terminal.output.includes(`${new URL(address).host} is taken by another program`)) {
    expect(terminal.output).toContain(`Toolgate is open at   ${address}\r\n`);
  }
  for (const who of ["a member", "an administrator"] as const) {
    await enter(lab, page, who);
    await hydrated(page);
    await expect(page).toHaveURL(/:\d+\/$/);
    await expect(row(page, 1)).toBeVisible();
    await expect(row(page, 1).locator("[data-status=offline]")).toHaveCount(0);
    if (who === "an administrator") {
      await page.goto(`${new URL(page.url()).origin}/boards`);
      await expect(page.getByRole("row", { name: "Laser cutter 1" })).toContainText("online");
    }
    await page.context().clearCookies();
  }
  await interrupt(terminal);
});

test("dev: starts the demo again after a file was saved", async ({ lab, page }) => {
  test.setTimeout((2 * BUILD + 60) * 1000);
  const terminal = type(lab, "cargo xtask dev", { TOOLGATE_DATA: join(lab.folder, "data") });
  await demoIsOpen(terminal);
  await enter(lab, page, "a member");
  await hydrated(page);
  // Saved without a change, so that nothing is compiled.
  const source = join(ROOT, "style/main.css");
  const { atime, mtime, mtimeMs } = await stat(source);
  await utimes(source, atime, mtimeMs / 1000 + 1);
  await demoIsOpen(terminal, 2);
  await utimes(source, atime, mtime);
  await demoIsOpen(terminal, 3);
  // Where the usual port is taken, each start has another one.
  await page.goto(/open at\s+(\S+)(?![^]*open at)/.exec(terminal.output)![1]!);
  await hydrated(page);
  await expect(row(page, 1)).toBeVisible();
  await interrupt(terminal);
});

test("own workshop: an empty folder leads to the link that makes an administrator", async ({ lab, page }) => {
  test.setTimeout((BUILD + 60) * 1000);
  const [[build, open, ...others] = []] = commands("Open your own");
  expect([build, others]).toEqual(["cargo xtask build", []]);
  let folder = dirname(process.env.TOOLGATE_BIN!);
  if (process.env.TOOLGATE_LONG) {
    const building = type(lab, build!);
    expect(await building.closed, building.output).toBe(0);
    folder = join(folder, "../release");
  }
  expect(open).toMatch(/^toolgate --data \S+$/);
  const terminal = type(lab, open!.replace(/\S+$/, join(lab.folder, "new")), {
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    TOOLGATE_LISTEN: "127.0.0.1:0",
    TOOLGATE_MQTT_LISTEN: "127.0.0.1:0",
  });
  const link = await setUpLink(lab);
  await page.goto(new RegExp(`\\S+${link}`).exec(plain(terminal.output))![0]);
  await hydrated(page);
  await expect(page.getByLabel("Name of the workshop")).toBeVisible();
  await interrupt(terminal);
});
