//! Bookings imported from a table.

use super::*;

#[tokio::test]
async fn imported_times_are_parsed_or_rejected_with_line_and_reason() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let import = async |table: &str| bookings::import(&lab.ctx, &ken, table, false, Lang::En).await.unwrap();
    let did = import(
        "resource,person,start,end\n\
         machine:1,Olga,2027-02-06 2:00 PM,2027-02-06 4:00 PM,,\n\
         machine:1,Olga,2027-02-08 13:00:00 UTC,2027-02-08 15:00:00 UTC\n\
         machine:1,Olga,2027-02-09T13:00Z,2027-02-09T15:00Z\n\
         machine:1,Olga,10/02/2027 14:00 +01:00,10.02.2027 16:00+0100\n\
         machine:1,Olga,28/02/2027 12:00 AM,28/02/2027 01:00\n\
         machine:1,Olga,2027-02-11 2:00 noon,2027-02-11 4:00 PM\n\
         machine:1,Olga,46424.58,46424.66\n\
         machine:1,Olga,2027-02-13 14:00,2027-02-13 16:00,x\n",
    )
    .await;
    assert_eq!(did.bookings, 5, "{did:?}");
    let left: Vec<_> = did.left.iter().map(|line| line.line).collect();
    assert_eq!(left, [7, 8, 9], "{did:?}");
    let times = "SELECT group_concat(strftime('%d %H:%M-', starts_at / 1000, 'unixepoch') || strftime('%H:%M', ends_at / 1000, 'unixepoch'))
                   FROM (SELECT * FROM booking ORDER BY starts_at)";
    let expected = "06 14:00-16:00,08 13:00-15:00,09 13:00-15:00,10 13:00-15:00,28 00:00-01:00";
    assert_eq!(lab.text(times).await, expected);

    let ambiguous = import("resource,person,start,end\nmachine:1,Olga,03/04/2027 14:00,03/04/2027 15:00").await;
    assert!(ambiguous.left[0].message.contains("day or the month"), "{ambiguous:?}");
    let month_first = import(
        "resource,person,start,end\n\
         machine:1,Olga,12/31/2027 14:00,12/31/2027 15:00\n\
         machine:1,Olga,03/04/2027 14:00,03/04/2027 15:00",
    )
    .await;
    assert_eq!((month_first.bookings, month_first.left.len()), (0, 2), "{month_first:?}");
    let zones =
        import("resource,person,start,end,timezone\nmachine:1,Olga,2027-03-05 14:00,2027-03-05 15:00,Asia/Tokyo")
            .await;
    assert!(zones.problem.is_some_and(|problem| problem.contains("timezone")));
}
