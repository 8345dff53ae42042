//! Sending mail over SMTP, to a server that records the conversation.

use domain::deliveries::Trouble;
use server::mail::Smtp;
use services::mail::{Mail, Mailer};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Accepts one connection, answers every recipient with `answer`, and returns the conversation.
async fn server(answer: &'static str) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        converse(stream, answer).await
    });
    (port, talk)
}

async fn converse(stream: TcpStream, answer: &str) -> String {
    let mut lines = BufReader::new(stream);
    let (mut heard, mut in_body) = (String::new(), false);
    lines.get_mut().write_all(b"220 ready\r\n").await.unwrap();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await.unwrap() == 0 {
            return heard;
        }
        heard += &line;
        let reply = match line.trim_end() {
            "." if in_body => {
                in_body = false;
                "250 kept"
            }
            _ if in_body => continue,
            "DATA" => {
                in_body = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            line if line.starts_with("RCPT") => answer,
            _ => "250 fine",
        };
        lines.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
    }
}

fn mailer(port: u16) -> Smtp {
    let server = Smtp::server(&format!("smtp://127.0.0.1:{port}")).unwrap();
    Smtp::new(server, Smtp::sender("Workshop <hello@toolgate.example>").unwrap())
}

fn mail(to: &str) -> Mail {
    Mail {
        to: to.into(),
        subject: "Il tuo account a Città".into(),
        body: "Ciao Ada,\n\nhttps://toolgate.example/link/abc\n".into(),
        ..Mail::default()
    }
}

#[tokio::test]
async fn mail_has_sender_subject_and_link() {
    let (port, talk) = server("250 fine").await;
    mailer(port).send(mail("ada@lab.example")).await.unwrap();
    let heard = talk.await.unwrap();
    for part in [
        "MAIL FROM:<hello@toolgate.example>",
        "RCPT TO:<ada@lab.example>",
        "From: Workshop <hello@toolgate.example>",
        "Subject: ",
        "https://toolgate.example/link/abc",
    ] {
        assert!(heard.contains(part), "{part} is not in {heard}");
    }
}

/// The value of a header in the recorded mail.
fn header<'a>(heard: &'a str, name: &str) -> Option<&'a str> {
    heard.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn mail_has_unique_message_id_and_auto_submitted_header() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (port, talk) = server("250 fine").await;
        mailer(port).send(mail("ada@lab.example")).await.unwrap();
        let heard = talk.await.unwrap();
        assert_eq!(header(&heard, "MIME-Version"), Some("1.0"), "{heard}");
        assert_eq!(header(&heard, "Auto-Submitted"), Some("auto-generated"), "{heard}");
        assert!(header(&heard, "Date").is_some(), "{heard}");
        let id = header(&heard, "Message-ID").unwrap_or_default().to_owned();
        assert!(id.starts_with('<') && id.ends_with("@toolgate.example>"), "{heard}");
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1], "each its own");
}

#[tokio::test]
async fn smtp_refusal_is_classified_without_the_address() {
    for (answer, reported) in [
        ("550 5.1.1 no such ada@lab.example", Trouble::Address),
        ("553 ada@lab.example is no address", Trouble::Address),
        ("550 5.7.1 we take nothing from you, ada@lab.example", Trouble::Refused),
        ("550 5.1.8 ada@lab.example: sender address rejected", Trouble::Refused),
        ("550 relay not permitted for ada@lab.example", Trouble::Refused),
        ("530 log in first, ada@lab.example", Trouble::Login),
        ("421 closing", Trouble::Unreachable),
        ("554 no", Trouble::Refused),
        ("450 ada@lab.example is full", Trouble::Later),
    ] {
        let (port, _talk) = server(answer).await;
        let refused = mailer(port).send(mail("ada@lab.example")).await.unwrap_err();
        assert_eq!(refused.0, reported, "{answer}");
        assert!(!refused.to_string().contains("ada"), "{refused}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = mailer(nobody).send(mail("ada@lab.example")).await.unwrap_err();
    assert_eq!(refused.0, Trouble::Unreachable);
    for invalid in ["ada@lab.example\r\nBcc: all@lab.example", "ada", "", "a da@lab.example"] {
        let refused = mailer(nobody).send(mail(invalid)).await.unwrap_err();
        assert_eq!(refused.0, Trouble::Address, "{invalid:?}");
    }
}

#[tokio::test]
async fn address_without_smtputf8_support_is_an_address_failure() {
    let (port, _talk) = server("250 fine").await;
    let refused = mailer(port).send(mail("ådå@lab.example")).await.unwrap_err();
    assert_eq!(refused.0, Trouble::Address, "it does not know SMTPUTF8");
}

#[tokio::test]
async fn notice_mail_is_multipart_with_one_click_unsubscribe() {
    let (port, talk) = server("250 fine").await;
    let mail = Mail {
        html: Some("<h1>Città</h1>".into()),
        unsubscribe: Some("https://toolgate.example/unsubscribe/one-click?who=1".into()),
        id: Some("notice.1.2.3".into()),
        subject: "Laser\r\nBcc: all@lab.example".into(),
        ..mail("ada@lab.example")
    };
    mailer(port).send(mail).await.unwrap();
    let heard = talk.await.unwrap();
    assert!(
        heard.contains("multipart/alternative") && heard.contains("text/plain") && heard.contains("text/html")
    );
    assert_eq!(header(&heard, "List-Unsubscribe"), Some("<https://toolgate.example/unsubscribe/one-click?who=1>"));
    assert_eq!(header(&heard, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    assert_eq!(header(&heard, "Message-ID"), Some("<notice.1.2.3@toolgate.example>"));
    assert!(header(&heard, "Bcc").is_none(), "{heard}");
}

#[tokio::test]
async fn international_domain_is_sent_as_punycode() {
    for (address, expected) in [
        ("anne@müller-werkstatt.example", "anne@xn--mller-werkstatt-zvb.example"),
        ("koji@例え.example", "koji@xn--r8jz45g.example"),
    ] {
        let (port, talk) = server("250 fine").await;
        mailer(port).send(mail(address)).await.unwrap();
        let heard = talk.await.unwrap();
        assert!(heard.contains(&format!("RCPT TO:<{expected}>")), "{heard}");
        let fields = heard.split("\r\n\r\n").next().unwrap();
        assert!(fields.is_ascii() && header(fields, "To").is_some_and(|to| to.contains(expected)), "{fields}");
    }
    let from = Smtp::sender("Werkstatt <hallo@müller.example>").unwrap();
    assert_eq!(from.email.to_string(), "hallo@xn--mller-kva.example");
}

#[tokio::test]
async fn notice_mail_has_list_id_and_references() {
    let notices = async |mail: Mail| {
        let (port, talk) = server("250 fine").await;
        mailer(port).send(mail).await.unwrap();
        talk.await.unwrap()
    };
    let notice = |thread: &[&str]| Mail {
        html: Some("<p>x</p>".into()),
        id: Some("notice.9.9.1".into()),
        thread: thread.iter().map(|&name| name.to_owned()).collect(),
        ..mail("ada@lab.example")
    };
    let first = notices(notice(&["booking.7.1.x"])).await;
    assert_eq!(header(&first, "List-Id"), Some("<notices.toolgate.example>"), "{first}");
    assert_eq!(header(&first, "References"), Some("<booking.7.1.x@toolgate.example>"));
    assert_eq!(header(&first, "In-Reply-To"), None, "there is nothing before it");
    let later = notices(notice(&["booking.7.1.x", "notice.7.7.1", "notice.8.8.1"])).await;
    let unfolded = later.replace("\r\n ", " ");
    let all = "<booking.7.1.x@toolgate.example> <notice.7.7.1@toolgate.example> <notice.8.8.1@toolgate.example>";
    assert_eq!(header(&unfolded, "References"), Some(all), "{later}");
    assert_eq!(header(&unfolded, "In-Reply-To"), Some("<notice.8.8.1@toolgate.example>"));
    let link = notices(mail("ada@lab.example")).await;
    assert_eq!((header(&link, "List-Id"), header(&link, "References")), (None, None), "a link is no notice");
}

#[tokio::test]
async fn dropped_smtp_connection_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut lines = BufReader::new(stream);
        lines.get_mut().write_all(b"220 ready\r\n").await.unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).await.unwrap();
    });
    let refused = mailer(port).send(mail("ada@lab.example")).await.unwrap_err();
    assert_eq!(refused.0, Trouble::Unreachable);
}

#[tokio::test]
async fn mails_share_a_connection_however_many_they_are() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(listener.local_addr().unwrap().port());
    let talk = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // Together more than the replies to one mail may have.
        let long = format!("{}250 fine", "250-x\r\n".repeat(3_000));
        converse(stream, &long).await
    });
    for _ in 0..5 {
        mailer.send(mail("ada@lab.example")).await.unwrap();
    }
    drop(mailer);
    let heard = talk.await.unwrap();
    assert_eq!(heard.matches("DATA\r\n").count(), 5, "{heard}");
    assert_eq!(heard.matches("EHLO ").count(), 1);
}

#[tokio::test]
async fn mail_after_connection_was_closed_opens_another() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(listener.local_addr().unwrap().port());
    for count in 1..=2 {
        let (sent, closed) = tokio::join!(mailer.send(mail("ada@lab.example")), async {
            let (stream, _) = listener.accept().await.unwrap();
            let mut lines = BufReader::new(stream);
            let mut in_body = false;
            lines.get_mut().write_all(b"220 ready\r\n").await.unwrap();
            loop {
                let mut line = String::new();
                lines.read_line(&mut line).await.unwrap();
                let reply = match line.trim_end() {
                    "." => "250 kept\r\n",
                    _ if in_body => continue,
                    "DATA" => {
                        in_body = true;
                        "354 go on\r\n"
                    }
                    _ => "250 fine\r\n",
                };
                lines.get_mut().write_all(reply.as_bytes()).await.unwrap();
                if reply.starts_with("250 kept") {
                    return;
                }
            }
        });
        assert_eq!((sent.is_ok(), closed), (true, ()), "mail {count}");
    }
}
