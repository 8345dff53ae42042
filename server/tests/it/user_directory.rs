//! A foreign directory: Debian's OpenLDAP, over TLS and StartTLS; and servers that are gone, silent or another.

use crate::{
    daemon::{Daemon, accepting, free_port, program},
    lab::{
        Lab,
        operations::{fields, run},
    },
};
use contract::{
    form::Fields,
    group_mapping::AddGroupRule,
    user_directory::{
        ApplyDirectorySync, DirectoryTest, Effect, PreviewDirectorySync, SaveDirectory, TestDirectory,
    },
};
use domain::{
    actor::Actor,
    id::PersonId,
    jobs::Job,
    user_directory::{
        BindPassword, Certificates, DistinguishedName, Server, Trouble, server_address::ServerAddress,
    },
};
use server::ldap::Client;
use services::{
    accounts::{self, AccountsError},
    jobs,
    sessions::{Recognised, recognise},
    user_directory::Directory,
};
use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener},
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

/// People in the directory, more than two pages.
const PEOPLE: usize = 1_200;
const ROOT: [&str; 5] = ["-x", "-D", "cn=admin,dc=lab,dc=example", "-w", "secret"];

/// An OpenLDAP process; ends with the test.
struct Slapd {
    daemon: Daemon,
    plain: u16,
    secure: u16,
}

fn succeeded(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Slapd {
    /// With people `u1` to `u1200`, whose passwords are `pw1` to `pw1200`, Ada, whose names try to be filters, and the group `laser`,
    /// in which Ada, in another spelling, `u1` and `u2` are. `reader` gets all pages, `limited` gets 100 entries.
    async fn start() -> Self {
        let slapd = Self { daemon: Daemon::new(), plain: free_port(), secure: free_port() };
        let (authority, certificate, key) = certificates("localhost");
        for (name, text) in [("ca.pem", authority), ("cert.pem", certificate), ("key.pem", key)] {
            fs::write(slapd.daemon.file(name), text).unwrap();
        }
        fs::create_dir(slapd.daemon.file("db")).unwrap();
        fs::write(slapd.daemon.file("conf"), slapd.config()).unwrap();
        fs::write(slapd.daemon.file("people.ldif"), people()).unwrap();
        fs::write(slapd.daemon.file("groups.ldif"), GROUPS).unwrap();
        let mut add = Command::new(program("slapadd"));
        add.args(["-q", "-f"]).arg(slapd.daemon.file("conf")).arg("-l").arg(slapd.daemon.file("people.ldif"));
        succeeded(add.output().unwrap());
        let mut slapd = slapd;
        slapd.run().await;
        // Through the server: only then does the overlay write memberOf.
        slapd.ldap("ldapadd", &["-f", slapd.daemon.file("groups.ldif").to_str().unwrap()]);
        slapd
    }

    async fn run(&mut self) {
        let (plain, secure) = (self.plain, self.secure);
        let mut command = Command::new(program("slapd"));
        command.args(["-d", "0", "-f"]).arg(self.daemon.file("conf"));
        command.args(["-h", &format!("ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{secure}")]);
        self.daemon.start(&mut command);
        accepting(secure).await;
    }

    fn config(&self) -> String {
        let file = |name: &str| self.daemon.file(name).display().to_string();
        let (certificate, key, database) = (file("cert.pem"), file("key.pem"), file("db"));
        format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             moduleload memberof\nTLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\nsizelimit 100\n\
             database mdb\nmaxsize 268435456\ndirectory {database}\nsuffix \"dc=lab,dc=example\"\n\
             rootdn \"cn=admin,dc=lab,dc=example\"\nrootpw secret\nindex objectClass,uid,mail,member,memberOf eq\n\
             access to attrs=userPassword by anonymous auth by * none\naccess to * by users read by * none\n\
             limits dn.exact=\"cn=reader,dc=lab,dc=example\" size.soft=100 size.hard=100 size.prtotal=unlimited\n\
             overlay memberof\nmemberof-group-oc groupOfNames\nmemberof-member-ad member\n"
        )
    }

    /// Runs a client of OpenLDAP as the administrator of the directory.
    fn ldap(&self, client: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program(client));
        let address = format!("ldap://127.0.0.1:{}", self.plain);
        succeeded(command.args(ROOT).args(["-H", &address]).args(arguments).output().unwrap())
    }

    /// Adds entries, through the server.
    fn add(&self, ldif: &str) {
        fs::write(self.daemon.file("more.ldif"), ldif).unwrap();
        self.ldap("ldapadd", &["-f", self.daemon.file("more.ldif").to_str().unwrap()]);
    }

    fn authority(&self) -> String {
        fs::read_to_string(self.daemon.file("ca.pem")).unwrap()
    }

    /// The form that connects it.
    fn form(&self) -> Form {
        let address = format!("ldaps://localhost:{}", self.secure);
        Form(vec![
            ("address", address),
            ("certificates", self.authority()),
            ("bind_dn", "cn=reader,dc=lab,dc=example".into()),
            ("bind_password", "readerpw".into()),
            ("base", "ou=people,dc=lab,dc=example".into()),
            ("people_filter", "(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))".into()),
            ("login", "uid".into()),
            ("name", "cn".into()),
            ("email", "mail".into()),
            ("unique_id", "entryUUID".into()),
            ("groups", "member-of".into()),
            ("member_of", "memberOf".into()),
            ("group_base", "ou=groups,dc=lab,dc=example".into()),
            ("signs_in", "yes".into()),
            ("admits", "yes".into()),
            ("adds", "yes".into()),
            ("every", "60".into()),
            ("most", "20".into()),
        ])
    }
}

struct Form(Vec<(&'static str, String)>);

impl Form {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.retain(|(field, _)| *field != name);
        self.0.push((name, value.into()));
        self
    }

    async fn save(self, lab: &Lab) {
        let version = lab.number("SELECT coalesce(max(version), 0) FROM user_directory").await;
        let sent: Vec<_> = self
            .0
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        run(&lab.running().ctx, &Actor::TOOLGATE, SaveDirectory { version }, fields(&sent)).await.unwrap();
    }

    /// What a test of the connection says.
    async fn test(self, lab: &Lab) -> DirectoryTest {
        self.save(lab).await;
        run(&lab.running().ctx, &Actor::TOOLGATE, TestDirectory {}, Fields::default()).await.unwrap()
    }
}

/// Authority, certificate and key of a server with this name.
pub fn certificates(name: &str) -> (String, String, String) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = server.signed_by(&key, &authority).unwrap();
    (authority.pem(), certificate.pem(), key.serialize_pem())
}

fn people() -> String {
    let mut ldif = String::from(
        "dn: dc=lab,dc=example\nobjectClass: dcObject\nobjectClass: organization\ndc: lab\no: Lab\n\n\
         dn: ou=people,dc=lab,dc=example\nobjectClass: organizationalUnit\nou: people\n\n\
         dn: ou=groups,dc=lab,dc=example\nobjectClass: organizationalUnit\nou: groups\n\n",
    );
    for reader in ["reader", "limited"] {
        write!(
            ldif,
            "dn: cn={reader},dc=lab,dc=example\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n\
             cn: {reader}\nuserPassword: {reader}pw\n\n"
        )
        .unwrap();
    }
    for n in 1..=PEOPLE {
        write!(
            ldif,
            "dn: uid=u{n},ou=people,dc=lab,dc=example\nobjectClass: inetOrgPerson\nuid: u{n}\ncn: Person {n}\nsn: P\n\
             mail: u{n}@example.org\nuserPassword: pw{n}\n\n"
        )
        .unwrap();
    }
    ldif + "dn: cn=Rossi\\, Ada (laser)*,ou=people,dc=lab,dc=example\nobjectClass: inetOrgPerson\nuid: ada(*)\n\
            cn: Rossi, Ada (laser)*\nsn: R\nuserPassword: adapw\n\n"
}

const GROUPS: &str = "dn: cn=laser,ou=groups,dc=lab,dc=example
objectClass: groupOfNames
cn: laser
member: uid=u1,ou=people,dc=lab,dc=example
member: uid=u2,ou=people,dc=lab,dc=example
member: CN=rossi\\, Ada  (laser)*, OU=People,dc=lab,dc=example
";

/// Groups around `laser`, in a circle.
const OUTER: &str = "dn: cn=all lasers,ou=groups,dc=lab,dc=example
objectClass: groupOfNames
cn: all lasers
member: cn=laser,ou=groups,dc=lab,dc=example
member: cn=tools,ou=groups,dc=lab,dc=example

dn: cn=tools,ou=groups,dc=lab,dc=example
objectClass: groupOfNames
cn: tools
member: cn=all lasers,ou=groups,dc=lab,dc=example
";

const REFERRAL: &str = "dn: ou=elsewhere,ou=people,dc=lab,dc=example
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://other.example/ou=elsewhere,dc=other
";

fn here(n: u8) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, n).into()
}

async fn sign_in(lab: &Lab, from: u8, login: &str, password: &str) -> Result<PersonId, AccountsError> {
    let ctx = &lab.running().ctx;
    let opened = accounts::sign_in(ctx, here(from), "", login, password).await?;
    match recognise(ctx, &opened.token, domain::actor::Channel::Web).await {
        Recognised::Somebody(somebody) => Ok(somebody.actor.person().unwrap()),
        other => panic!("{other:?}"),
    }
}

async fn rule(lab: &Lab, external: &str, gives: &str) {
    let form = fields(&[("source", "directory"), ("external", external), ("gives", gives)]);
    run(&lab.running().ctx, &Actor::TOOLGATE, AddGroupRule {}, form).await.unwrap();
}

/// A sync whose time has come.
async fn sync(lab: &Lab) {
    lab.sql("UPDATE directory_run SET began_at = 0").await;
    jobs::run(&lab.running().ctx, Job::UserDirectory).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_read_page_by_page_over_tls_and_starttls() {
    let (slapd, lab) = (Slapd::start().await, Lab::start().await);
    let found = DirectoryTest { trouble: None, people: 1_201, with_groups: 3 };
    for address in [
        format!("ldaps://localhost:{}", slapd.secure),
        format!("ldap://localhost:{}", slapd.plain),
        format!("plain://127.0.0.1:{}", slapd.plain),
    ] {
        assert_eq!(slapd.form().with("address", address.as_str()).test(&lab).await, found, "{address}");
    }
    assert_eq!(slapd.form().with("groups", "entries").test(&lab).await, found, "groups that list their members");
    let elsewhere = slapd.form().with("group_base", "ou=other,dc=lab,dc=example").test(&lab).await;
    assert_eq!((elsewhere.people, elsewhere.with_groups), (1_201, 0), "only groups under the base count");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_failure_of_the_connection_has_its_name() {
    let (slapd, lab) = (Slapd::start().await, Lab::start().await);
    let (other_authority, ..) = certificates("localhost");
    let cases = [
        (slapd.form().with("certificates", other_authority), Trouble::Certificate),
        (slapd.form().with("certificates", ""), Trouble::Certificate),
        (slapd.form().with("address", format!("ldaps://127.0.0.1:{}", slapd.secure)), Trouble::Certificate),
        (slapd.form().with("address", format!("ldaps://localhost:{}", free_port())), Trouble::Unreachable),
        (slapd.form().with("address", "ldaps://nowhere.invalid"), Trouble::Unreachable),
        (slapd.form().with("bind_password", "wrong"), Trouble::BindRefused),
        (slapd.form().with("bind_dn", "cn=nobody,dc=lab,dc=example"), Trouble::BindRefused),
        (slapd.form().with("base", "ou=nowhere,dc=lab,dc=example"), Trouble::BaseNotFound),
        (slapd.form().with("unique_id", "employeeNumber"), Trouble::NoUniqueId),
        // A list that the server cuts is a failure and never a shorter list.
        (
            slapd.form().with("bind_dn", "cn=limited,dc=lab,dc=example").with("bind_password", "limitedpw"),
            Trouble::SizeLimit,
        ),
    ];
    for (n, (form, trouble)) in cases.into_iter().enumerate() {
        assert_eq!(form.test(&lab).await.trouble, Some(trouble), "case {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_server_is_given_up_and_lets_nobody_in() {
    let lab = Lab::start().await;
    let slapd = Slapd::start().await;
    // It takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for address in [format!("ldaps://localhost:{port}"), format!("ldap://localhost:{port}")] {
        let begun = Instant::now();
        assert_eq!(slapd.form().with("address", address).test(&lab).await.trouble, Some(Trouble::NoAnswer));
        assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    }
    let refused = sign_in(&lab, 1, "u1", "pw1").await;
    assert!(matches!(refused, Err(AccountsError::DirectoryDown)), "{refused:?}");
}

#[tokio::test]
async fn malformed_answer_to_a_bind_or_starttls_is_a_failure() {
    for (scheme, operation) in [("plain", 0x61), ("ldap", 0x78)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("{scheme}://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 2]).unwrap();
            // An answer to the first message without a result.
            stream.write_all(&[0x30, 5, 2, 1, 1, operation, 0]).unwrap();
            // Until the client closes.
            drop(stream.read_to_end(&mut Vec::new()));
        });
        let server = Server {
            address: ServerAddress::parse(&address).unwrap(),
            certificates: Certificates::parse(&certificates("localhost").0),
            bind_dn: DistinguishedName::parse("cn=reader,dc=lab,dc=example").unwrap(),
            bind_password: BindPassword::new("readerpw").unwrap(),
        };
        let answer = Client::default().bind(&server, "uid=u1,ou=people,dc=lab,dc=example", "pw1").await;
        assert_eq!(answer, Err(Trouble::Unclear), "{scheme}");
        answering.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn member_signs_in_by_directory_and_may_use_which_their_groups_give() {
    let (slapd, lab) = (Slapd::start().await, Lab::start().await);
    slapd.form().save(&lab).await;
    rule(&lab, "cn=laser,ou=groups,dc=lab,dc=example", "user:4").await;
    let person = sign_in(&lab, 1, "u1", "pw1").await.unwrap();
    // The name found is not the name typed: three spellings and the address are one account.
    for (n, spelling) in (2..).zip(["U1", "u1 ", " U1", "u1@example.org", "U1@Example.org"]) {
        assert_eq!(sign_in(&lab, n, spelling, "pw1").await.unwrap(), person, "{spelling}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 1);
    lab.sql("INSERT INTO card (person_id, uid, state, given_at) SELECT person_id, '0000e3e3', 'active', 0 FROM directory_person")
        .await;
    let mut board = lab.board(12).await;
    let answer = board.ask(12, r#"{"action":"checkuser","uid":"0000e3e3"}"#).await;
    assert!(answer.contains(r#""is_valid":true"#), "the lathe: {answer}");
    // Filters and passwords that try to be something else.
    let ada = sign_in(&lab, 20, "ada(*)", "adapw").await.unwrap();
    assert_ne!(ada, person);
    for (n, (login, password)) in (30..).zip([
        ("u1", "wrong"),
        ("u1", ""),
        ("*", "pw1"),
        ("u1)(uid=*", "pw1"),
        ("*)(uid=u1", "pw1"),
        ("u1\0", "pw1"),
        ("à", "x"),
        ("nobody", "x"),
        ("cn=reader,dc=lab,dc=example", "readerpw"),
    ]) {
        let refused = sign_in(&lab, n, login, password).await;
        assert!(matches!(refused, Err(AccountsError::Refused)), "{login:?} {password:?}: {refused:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn group_in_a_group_counts_by_sign_in_and_sync_in_either_layout() {
    let (slapd, lab) = (Slapd::start().await, Lab::start().await);
    slapd.add(OUTER);
    rule(&lab, "Tools", "user:4").await;
    let granted =
        "SELECT count(*) FROM qualification WHERE type_id = 4 AND kind = 'granted' AND cause = 'group-rule'";
    let revoked = "SELECT count(*) FROM qualification WHERE type_id = 4 AND kind = 'revoked'";
    for (from, groups) in [(1, "entries"), (2, "member-of")] {
        slapd.form().with("groups", groups).save(&lab).await;
        sign_in(&lab, from, &format!("u{from}"), &format!("pw{from}")).await.unwrap();
        assert!(lab.number(granted).await >= i64::from(from), "by sign-in: {groups}");
        sync(&lab).await;
        assert_eq!((lab.number(granted).await, lab.number(revoked).await), (3, 0), "by sync: {groups}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn referral_to_another_server_suspends_nobody() {
    let (slapd, lab) = (Slapd::start().await, Lab::start().await);
    slapd.form().save(&lab).await;
    sync(&lab).await;
    let active =
        "SELECT count(*) FROM directory_person d JOIN person p ON p.id = d.person_id AND p.status = 'active'";
    slapd.add(REFERRAL);
    slapd.ldap("ldapdelete", &["uid=u7,ou=people,dc=lab,dc=example"]);
    sync(&lab).await;
    assert_eq!(lab.number(active).await, 1_201);
    slapd.ldap("ldapdelete", &["-M", "ou=elsewhere,ou=people,dc=lab,dc=example"]);
    sync(&lab).await;
    assert_eq!(lab.number(active).await, 1_200);
    slapd.add(&REFERRAL.replace("ou=people,dc=lab", "dc=lab"));
    let elsewhere = slapd.form().with("base", "ou=elsewhere,dc=lab,dc=example").test(&lab).await;
    assert_eq!(elsewhere.trouble, Some(Trouble::Elsewhere));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sync_follows_who_comes_and_leaves_and_a_directory_that_is_gone_changes_nobody() {
    let (mut slapd, lab) = (Slapd::start().await, Lab::start().await);
    slapd.form().save(&lab).await;
    rule(&lab, "laser", "user:4").await;
    let ctx = lab.running().ctx.clone();
    let preview = run(&ctx, &Actor::TOOLGATE, PreviewDirectorySync {}, Fields::default()).await.unwrap();
    let count =
        |effect| preview.parts.iter().filter(|part| part.effect == effect).map(|part| part.count).sum::<u32>();
    assert_eq!((count(Effect::Join), count(Effect::Qualify), preview.people), (1_201, 3, 1_201));
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 0, "nothing happened yet");
    let form = fields(&[("digest", &preview.digest)]);
    run(&ctx, &Actor::TOOLGATE, ApplyDirectorySync {}, form).await.unwrap();
    let active =
        "SELECT count(*) FROM directory_person d JOIN person p ON p.id = d.person_id AND p.status = 'active'";
    assert_eq!(lab.number(active).await, 1_201);
    let qualified =
        "SELECT count(*) FROM qualification WHERE type_id = 4 AND cause = 'group-rule' AND kind = 'granted'";
    assert_eq!(lab.number(qualified).await, 3);
    slapd.ldap("ldapdelete", &["uid=u7,ou=people,dc=lab,dc=example", "uid=u8,ou=people,dc=lab,dc=example"]);
    sync(&lab).await;
    assert_eq!(lab.number(active).await, 1_199);
    slapd.daemon.stop();
    sync(&lab).await;
    sync(&lab).await;
    assert_eq!(lab.number(active).await, 1_199, "a directory that is gone suspends nobody");
    let trouble = "SELECT trouble = 'unreachable' FROM directory_run ORDER BY id DESC LIMIT 1";
    assert_eq!(lab.number(trouble).await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM directory_person WHERE suspended = 1").await, 2);
    let refused = sign_in(&lab, 1, "u1", "pw1").await;
    assert!(matches!(refused, Err(AccountsError::DirectoryDown)), "{refused:?}");
    slapd.run().await;
    sync(&lab).await;
    assert!(sign_in(&lab, 1, "u1", "pw1").await.is_ok());
    assert_eq!(lab.number(active).await, 1_199);
}
