//! Exported lists: cell formats and filters.

use crate::lab::Lab;
use domain::actor::Actor;
use services::error::ServiceError;
use services::imports::{self, What, Whose};
use std::io::{Cursor, Read};
use text::Lang;

/// The lab, with Eve who administers.
async fn administered() -> (Lab, Actor) {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (10, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (10, 'Eve', 'eve@example.org');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at) VALUES
             (10, 1, 'user', 'granted', 0, NULL, 'setup', 0), (10, 2, 'owner', 'granted', 0, NULL, 'setup', 0),
             (10, 3, 'user', 'granted', 0, 4102444800000, 'setup', 0)",
    )
    .await;
    let eve = lab.signed_in(10).await;
    (lab, eve)
}

#[tokio::test]
async fn workbook_days_are_dates() {
    let (lab, eve) = administered().await;
    let list = async || imports::export(&lab.ctx, &eve, What::Qualifications, &Whose::default()).await.unwrap();
    let csv = list().await.collect::<String>();
    assert!(csv.contains(",user,1970-01-01,2099-12-31"), "{csv}");
    let (mut workbook, mut book) = (Vec::new(), list().await.workbook().await.unwrap());
    while let Some((piece, rest)) = book.piece().await.unwrap() {
        (workbook, book) = ([workbook, piece].concat(), rest);
    }
    let mut sheet = String::new();
    let mut all = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    all.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(!sheet.contains("1970-01-01") && !sheet.contains("2099-12-31"), "{sheet}");
    // The days as spreadsheets count them: numbers (no `t`) in the style of dates.
    for (column, day) in [("F", "25569"), ("G", "73050")] {
        let begin = format!("<c r=\"{column}");
        let cells = sheet.split(&begin).skip(2).map(|rest| rest.split("</c>").next().unwrap());
        let cells: Vec<&str> = cells.collect();
        assert!(cells.iter().any(|cell| cell.ends_with(&format!("<v>{day}</v>"))), "{column}: {cells:?}");
        let is_date = |cell: &&str| cell.contains(" s=\"") && !cell.contains(" t=\"");
        assert!(cells.iter().all(is_date), "{column}: {cells:?}");
    }
}

#[tokio::test]
async fn overlong_export_filter_is_refused() {
    let (lab, eve) = administered().await;
    let on = |letters: usize| Whose { on: "ö".repeat(letters), ..Whose::default() };
    for what in What::ALL {
        let refused = imports::export(&lab.ctx, &eve, what, &on(201)).await.map(drop).unwrap_err();
        let problem = refused.problem(Lang::En);
        assert_eq!((problem.code.as_str(), problem.fields[0].0.as_str()), ("export.filter", "on"));
        assert!(imports::export(&lab.ctx, &eve, what, &on(200)).await.is_ok());
    }
    let recorded = lab.number("SELECT count(*) FROM audit WHERE action LIKE 'export.%'").await;
    assert_eq!(recorded, 4, "those that were given");
}
