//! Notice mails through an external mail server: aiosmtpd, as Debian ships it, into a Maildir.

use domain::deliveries::Trouble;
use server::mail::Smtp;
use services::mail::{Invitation, Mail, Mailer, Method};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SOON: Duration = Duration::from_mins(1);

struct Aiosmtpd {
    port: u16,
    dir: TempDir,
    process: Child,
}

impl Aiosmtpd {
    /// `tls`: from the first byte, with an unsigned certificate.
    fn start(tls: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-m", "aiosmtpd", "-n", "-u", "-l", &format!("127.0.0.1:{port}")]);
        if tls {
            let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            let (certificate, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
            fs::write(&certificate, own.cert.pem()).unwrap();
            fs::write(&key, own.signing_key.serialize_pem()).unwrap();
            command.arg("--smtpscert").arg(certificate).arg("--smtpskey").arg(key);
        }
        command.args(["-c", "aiosmtpd.handlers.Mailbox"]).arg(dir.path().join("mails"));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.expect("python3 with aiosmtpd, of the package python3-aiosmtpd");
        let server = Self { port, dir, process };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < SOON, "aiosmtpd, of the package python3-aiosmtpd, does not answer");
            std::thread::yield_now();
        }
        server
    }

    /// Stored mails.
    fn mails(&self) -> Vec<String> {
        let files = fs::read_dir(self.dir.path().join("mails/new")).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    fn mailer(&self, scheme: &str) -> Smtp {
        let server = Smtp::server(&format!("{scheme}://localhost:{}", self.port)).unwrap();
        Smtp::new(server, Smtp::sender("Città <hello@toolgate.example>").unwrap())
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn mail(to: &str) -> Mail {
    Mail {
        to: to.into(),
        subject: "Il taglio laser è fuori servizio".into(),
        body: "Ciao Ada,\n\nIl taglio laser è fuori servizio\n.\nhttps://toolgate.example/machines/7\n".into(),
        html: Some(
            "<!DOCTYPE html><html lang=\"it\"><body><h1>Il taglio laser è fuori servizio</h1></body></html>"
                .into(),
        ),
        unsubscribe: Some(
            "https://toolgate.example/unsubscribe/one-click?who=1&what=machine.blocked&sign=x".into(),
        ),
        id: Some("notice.7.7.1".into()),
        thread: vec!["booking.7.1.x".into()],
        calendar: Vec::new(),
    }
}

/// The calendar message as Debian's `icalendar` parses it.
fn read_calendar(mail: &str, say: &str) -> String {
    let program = format!(
        "import email, email.policy, icalendar, sys\n\
         m = email.message_from_string(sys.argv[1], policy=email.policy.default)\n\
         parts = [p for p in m.walk() if p.get_content_type() == 'text/calendar']\n\
         c = icalendar.Calendar.from_ical(parts[0].get_payload(decode=True))\n\
         e = c.walk('VEVENT')[0]\nprint({say})"
    );
    let output = Command::new("/usr/bin/python3").args(["-c", &program, mail]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The mail as Python's own parser reads it.
fn read(mail: &str, say: &str) -> String {
    let program = format!(
        "import email, email.policy, sys\nm = email.message_from_string(sys.argv[1], policy=email.policy.default)\nprint({say})"
    );
    let output = Command::new("/usr/bin/python3").args(["-c", &program, mail]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn external_server_and_parser_accept_every_part() {
    let server = Aiosmtpd::start(false);
    server.mailer("smtp").send(mail("ada@lab.example")).await.unwrap();
    server.mailer("smtp").send(mail("ådå@lab.example")).await.unwrap();
    let mails = server.mails();
    assert_eq!(mails.len(), 2, "also to an address beyond ASCII, which it understands");
    for stored in &mails {
        assert_eq!(read(stored, "m['Subject']"), "Il taglio laser è fuori servizio");
        assert_eq!(read(stored, "m['From'].addresses[0].display_name"), "Città");
        assert_eq!(read(stored, "m['Message-ID']"), "<notice.7.7.1@toolgate.example>");
        assert_eq!(read(stored, "m['List-Unsubscribe-Post']"), "List-Unsubscribe=One-Click");
        let link = read(stored, "m['List-Unsubscribe']");
        assert_eq!(link, "<https://toolgate.example/unsubscribe/one-click?who=1&what=machine.blocked&sign=x>");
        assert_eq!(read(stored, "m.get_content_type()"), "multipart/alternative");
        assert_eq!(read(stored, "[p.get_content_type() for p in m.iter_parts()]"), "['text/plain', 'text/html']");
        let text = read(stored, "m.get_body(('plain',)).get_content()");
        assert!(text.contains("è fuori servizio\n.\nhttps://"), "a line with a dot alone is one: {text}");
        assert!(
            read(stored, "m.get_body(('html',)).get_content()")
                .contains("<h1>Il taglio laser è fuori servizio</h1>")
        );
        assert_eq!(read(stored, "m.defects"), "[]");
    }
}

/// A calendar object with a folded line and letters beyond ASCII.
const ENTRY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:7@x\r\n\
    DTSTAMP:20270115T080000Z\r\nDTSTART:20270118T160000Z\r\nSUMMARY:Prova: taglio laser della Città che sta in fondo al\r\n\
    \x20 corridoio\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn one_calendar_entry_is_an_alternative_and_several_are_attachments() {
    let server = Aiosmtpd::start(false);
    for count in [1, 2] {
        let entry = Invitation { method: Method::Request, file: "booking.ics", text: ENTRY.into() };
        let mail = Mail { calendar: vec![entry; count], ..mail("ada@lab.example") };
        server.mailer("smtp").send(mail).await.unwrap();
    }
    let mut mails = server.mails();
    mails.sort_by_key(|mail| mail.matches("text/calendar").count());
    for stored in &mails {
        assert_eq!(
            read_calendar(stored, "e['SUMMARY']"),
            "Prova: taglio laser della Città che sta in fondo al corridoio"
        );
        let part = "parts[0].get_param('method'), parts[0].get_param('charset'), parts[0].get_filename()";
        assert_eq!(read_calendar(stored, part), "REQUEST utf-8 booking.ics");
        assert_eq!(
            read_calendar(
                stored,
                &format!("parts[0].get_payload(decode=True).decode().splitlines() == {ENTRY:?}.splitlines()")
            ),
            "True"
        );
        assert_eq!(read(stored, "m.defects"), "[]");
    }
    let kinds = "[p.get_content_type() for p in m.iter_parts()]";
    assert_eq!(read(&mails[0], kinds), "['text/plain', 'text/html', 'text/calendar']");
    assert_eq!(read(&mails[1], kinds), "['multipart/alternative', 'text/calendar', 'text/calendar']");
}

#[tokio::test]
async fn unsigned_certificate_gets_no_mail() {
    let server = Aiosmtpd::start(true);
    let refused = server.mailer("smtps").send(mail("ada@lab.example")).await.unwrap_err();
    assert_eq!(refused.0, Trouble::Certificate);
    assert!(fs::read_dir(server.dir.path().join("mails/new")).map_or(0, Iterator::count) == 0);
}
