//! Cells as spreadsheets write them.

use super::*;

#[tokio::test]
async fn spreadsheet_output_is_parsed_or_rejected_with_line() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let dry_run = async |list: &[u8]| run(&lab, &ken, &keep(&lab.ctx, &ken, list).await.unwrap()).await;
    let filled_up = dry_run(b"name,email\nNina,nina@example.org,,\n").await;
    assert_eq!((filled_up.sum.added, filled_up.sum.faulty), (1, 0), "{:?}", filled_up.shown);
    let month_first =
        dry_run(b"name,email,since\nNina,nina@example.org,12/31/2025\nNora,nora@example.org,03/04/2025\n").await;
    let faults: Vec<_> = month_first.shown.iter().flat_map(|line| line.faults.clone()).collect();
    assert_eq!(faults, [const { LineError::MonthFirst(Column::Since) }; 2], "{:?}", month_first.shown);
    assert!(month_first.asks_dates && !filled_up.asks_dates);
    let token = keep(&lab.ctx, &ken, b"name,email,since\nNora,nora@example.org,03/04/2025\n").await.unwrap();
    let words = ["name", "email", "since"].map(str::to_owned);
    imports::say_columns(&lab.ctx, &ken, &token, &words, Some(DateOrder::MonthFirst)).unwrap();
    let chosen = run(&lab, &ken, &token).await;
    assert_eq!((chosen.sum.faulty, chosen.asks_dates, chosen.dates), (0, true, Some(DateOrder::MonthFirst)));
    imports::say_columns_alone(&lab.ctx, &ken, &token, &words).unwrap();
    let chosen = run(&lab, &ken, &token).await;
    assert_eq!((chosen.sum.faulty, chosen.dates), (0, Some(DateOrder::MonthFirst)), "nobody took it back");
    apply(&lab.ctx, &ken, &token).await.unwrap();
    let day = "SELECT date(created_at / 1000 + 43200, 'unixepoch') FROM person JOIN profile ON person_id = id WHERE name = 'Nora'";
    assert_eq!(lab.text(day).await, "2025-03-04");
    let token = keep(&lab.ctx, &ken, b"name,email,key\nNina,nina@example.org,=\"0123\"\n").await.unwrap();
    apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!(lab.text("SELECT external_key FROM profile WHERE name = 'Nina'").await, "0123");
    let dos = keep(&lab.ctx, &ken, b"name,email\nJ\x81rgen,j@example.org\n").await.unwrap_err().problem(Lang::En);
    assert!(dos.code == "import.not-text" && dos.detail.contains("line 2"), "{dos:?}");
}

#[tokio::test]
async fn unclosed_quote_is_reported_with_line() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let list = b"key,name\nA,Zoe\nB,\"Bob\nC,Cleo\n";
    let notices = keep(&lab.ctx, &ken, list).await.unwrap_err().problem(Lang::En);
    assert_eq!((notices.code.as_str(), notices.kind), ("import.unclosed", Kind::Invalid));
    assert!(notices.detail.contains(" line 3 "), "{}", notices.detail);
    assert!(Lang::It.import_refused(&notices.code).is_some(), "also after a file");
}
