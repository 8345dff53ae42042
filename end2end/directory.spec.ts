// The directory: connected and tested, a dry run with names, and a member who signs in on a phone and may use a machine.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, enter, expect, fits, freePort, hydrated, test } from "./lab.ts";

/** An OpenLDAP on this machine with Emre, who took the laser course, and Lena. */
async function openldap() {
  expect(existsSync("/usr/sbin/slapd"), "install slapd with `cargo xtask setup`").toBe(true);
  const [folder, port] = [mkdtempSync(join(tmpdir(), "directory-")), await freePort()];
  mkdirSync(join(folder, "db"));
  const schema = ["core", "cosine", "inetorgperson"].map((name) => `include /etc/ldap/schema/${name}.schema\n`).join("");
  const conf = join(folder, "slapd.conf");
  writeFileSync(
    conf,
    `${schema}modulepath /usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\ndirectory ${folder}/db\nsuffix "dc=uni"\n` +
      `rootdn "cn=admin,dc=uni"\nrootpw secret\naccess to * by * read\n`,
  );
  const person = (uid: string, name: string) =>
    `dn: uid=${uid},dc=uni\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${name}\nsn: ${name}\nmail: ${uid}@uni.example\nuserPassword: pw-${uid}\n\n`;
  const ldif = join(folder, "people.ldif");
  writeFileSync(
    ldif,
    "dn: dc=uni\nobjectClass: dcObject\nobjectClass: organization\ndc: uni\no: Uni\n\n" +
      person("emre", "Emre Demir") +
      person("lena", "Lena Plank") +
      "dn: cn=laser-course-done,dc=uni\nobjectClass: groupOfNames\ncn: laser-course-done\nmember: uid=emre,dc=uni\n",
  );
  execFileSync("/usr/sbin/slapadd", ["-q", "-f", conf, "-l", ldif]);
  const process = spawn("/usr/sbin/slapd", ["-d", "0", "-f", conf, "-h", `ldap://127.0.0.1:${port}`], { stdio: "ignore" });
  await expect
    .poll(() => new Promise<boolean>((answer) => {
      const socket = connect(port, "127.0.0.1", () => { socket.end(); answer(true); });
      socket.on("error", () => answer(false));
    }))
    .toBe(true);
  return { process, address: `plain://127.0.0.1:${port}` };
}

test("directory: dry run names everybody, and a member signs in on a phone", async ({ lab, browser }) => {
  test.setTimeout(120_000);
  const directory = await openldap();
  await lab.demo("--no-boards");
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
  await enter(lab, page, "an administrator");
  await page.goto(`${lab.url}/directory/connection`);
  await hydrated(page);
  const main = page.getByRole("main");
  await main.getByLabel("Address").fill("ldap.uni.example");
  await main.getByLabel("Read as").fill("cn=admin,dc=uni");
  await main.getByLabel("Password", { exact: true }).fill("secret");
  await main.getByLabel("Base of people").fill("dc=uni");
  await main.locator('select[name="groups"]').selectOption("entries");
  await main.getByLabel("New people are members at once").check();
  await main.getByLabel("A sync adds everybody it finds").check();
  await main.getByRole("button", { name: "Connect directory" }).click();
  await expect(main.getByText("Enter an address like ldaps://ldap.uni.example.")).toBeVisible();
  await main.getByLabel("Address").fill(directory.address);
  await main.getByLabel("Password", { exact: true }).fill("secret");
  await main.getByRole("button", { name: "Connect directory" }).click();
  await expect(main.getByText("Connection saved.")).toBeVisible();
  expect(await page.content()).not.toContain('value="secret"');
  await main.getByRole("button", { name: "Test connection" }).click();
  await expect(main.getByText("It works: 2 people found.")).toBeVisible();
  await accessible(page, "/directory/connection");

  await page.goto(`${lab.url}/directory`);
  await hydrated(page);
  await main.getByLabel("Group there").fill("laser-course-done");
  await main.getByLabel("Gives here").selectOption({ label: "May use Laser cutter" });
  await main.getByRole("button", { name: "Add group" }).click();
  await expect(main.getByText("May use Laser cutter").first()).toBeVisible();
  await main.getByRole("button", { name: "Run dry run" }).click();
  await expect(main.getByText("Emre Demir, Lena Plank")).toBeVisible();
  await expect(main.getByText("Nothing has been changed yet.")).toBeVisible();
  await accessible(page, "/directory");
  await main.getByRole("button", { name: /^Apply 3 changes/ }).click();
  await expect(main.getByText("Synced with the directory.")).toBeVisible();

  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
  await phone.goto(`${lab.url}/sign-in?to=/machines/1`);
  await hydrated(phone);
  await phone.getByLabel("E-mail or login name").fill(" EMRE ");
  await phone.getByLabel("Password", { exact: true }).fill("pw-emre");
  await phone.getByRole("button", { name: "Sign in" }).click();
  await expect(phone).toHaveURL(/\/machines\/1$/);
  await fits(phone, "/machines/1");

  directory.process.kill();
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await other.goto(`${lab.url}/sign-in`);
  await hydrated(other);
  await other.getByLabel("E-mail or login name").fill("lena");
  await other.getByLabel("Password", { exact: true }).fill("pw-lena");
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByText("The directory can’t be reached")).toBeVisible();
  await phone.reload();
  await expect(phone, "sessions stay").toHaveURL(/\/machines\/1$/);
});
