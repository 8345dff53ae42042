//! A16: the server is killed at every step of sending a notice mail. It is sent at least once, always with the
//! same message id, and the notice is in the app once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const SOON: Duration = Duration::from_mins(1);

/// Ada has an address and a notice about a hold.
const FIXTURE: &str = "
    INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0);
    INSERT INTO profile (person_id, name, email) VALUES (1, 'Ada Lovelace', 'ada@lab.example');
    INSERT INTO hold (id, person_id, reason, placed_at) VALUES (1, 1, 'unpaid', 0);
    INSERT INTO notice (person_id, kind, subject, body, told_at)
        VALUES (1, 'hold.placed', 'hold:1', '{\"hold_placed\":{\"hold\":1,\"reason\":\"unpaid\",\"until\":null}}', unixepoch() * 1000);";

/// A server in its own process; dropping it is a `kill -9`.
struct Life(Child);

impl Life {
    fn begin(data: &Path, smtp: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_toolgate"))
            .args(["serve", "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--log", "error"])
            .args(["--smtp-url", &format!("smtp://127.0.0.1:{smtp}"), "--mail-from", "hello@toolgate.example"])
            .args(["--public-url", "https://toolgate.example", "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The step of an SMTP conversation at which the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Connected,
    Recipient,
    /// The mail is complete, but not accepted yet.
    Whole,
    /// It was accepted, but that may not have been recorded.
    Accepted,
    Never,
}

/// Talks until `until`; returns the message id, once the mail is complete. The connection stays open: the process
/// dies in the middle of it.
async fn converse(lines: &mut BufReader<TcpStream>, until: Until) -> Option<String> {
    let (mut in_body, mut name) = (false, None);
    if until == Until::Connected {
        return None;
    }
    lines.get_mut().write_all(b"220 ready\r\n").await.unwrap();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await.unwrap_or(0) == 0 {
            return name;
        }
        let reply = match line.trim_end() {
            "." if in_body && until == Until::Whole => return name,
            "." if in_body => {
                in_body = false;
                "250 kept"
            }
            text if in_body => {
                let id = text.strip_prefix("Message-ID: ").map(ToOwned::to_owned);
                name = name.or(id);
                continue;
            }
            "DATA" => {
                in_body = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            line if line.starts_with("RCPT") && until == Until::Recipient => return None,
            _ => "250 fine",
        };
        if lines.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return name;
        }
        if reply == "250 kept" && until == Until::Accepted {
            return name;
        }
    }
}

async fn database(data: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(data.join("toolgate.sqlite"));
    options.busy_timeout(SOON).connect().await.unwrap()
}

async fn number(data: &Path, sql: &'static str) -> i64 {
    let mut conn = database(data).await;
    let number = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    number
}

// A16
#[tokio::test]
async fn kill_at_any_step_delivers_mail_at_least_once_with_one_message_id() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    let ctx = services::open(services::Config::new(data.join("toolgate.sqlite"))).await.unwrap();
    ctx.close().await;
    let mut conn = database(data).await;
    sqlx::raw_sql(FIXTURE).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();

    let mut names = Vec::new();
    let steps = [
        Until::Connected,
        Until::Recipient,
        Until::Whole,
        Until::Accepted,
        Until::Connected,
        Until::Accepted,
        Until::Never,
    ];
    for until in steps {
        if number(data, "SELECT count(*) FROM delivery WHERE state = 'sent'").await == 1 {
            break;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut life = Life::begin(data, listener.local_addr().unwrap().port());
        let (stream, _) = timeout(SOON, listener.accept()).await.expect("it connects").unwrap();
        let mut lines = BufReader::new(stream);
        if until == Until::Never {
            let noted = async {
                while number(data, "SELECT count(*) FROM delivery WHERE state = 'sent'").await == 0 {
                    tokio::task::yield_now().await;
                }
            };
            // The connection stays open for the next mail.
            let (mut talk, mut taken) = (Box::pin(converse(&mut lines, Until::Accepted)), None);
            let noted = async { tokio::join!(noted, async { taken = (&mut talk).await }) };
            timeout(SOON, noted).await.expect("it is noted that it left");
            names.extend(taken);
        } else {
            names.extend(converse(&mut lines, until).await);
        }
        life.kill();
    }
    assert_eq!(number(data, "SELECT count(*) FROM delivery WHERE state = 'sent'").await, 1);
    assert_eq!(number(data, "SELECT count(*) FROM notice").await, 1, "shown once");
    assert!(names.len() >= 2, "it was whole when the process was killed, and left again: {names:?}");
    names.dedup();
    assert_eq!(names.len(), 1, "a reader's program shows one: {names:?}");
    let waiting = number(data, "SELECT count(*) FROM delivery WHERE settled_at IS NULL").await;
    assert_eq!(waiting, 0, "nothing is left to send");
}
