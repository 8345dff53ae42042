//! Bookings in the timeline.

use super::*;
use text::Lang;

#[tokio::test]
async fn timeline_shows_booking_time_instead_of_id() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    let id = booked(&lab, &ada_in, LASER_RES, span(1_440, 60)).await;
    action(&lab, &ada_in, id, BookingAction::Cancel).await.unwrap();
    let page = people::timeline(&lab.ctx, &ada_in, PersonId(1), None).await.unwrap();
    let message: Vec<_> = page.entries.iter().map(|entry| Lang::En.audit_line(entry, page.head.now)).collect();
    for (line, begin) in message.iter().zip(["cancelled Laser, ", "booked Laser, "]) {
        let what = line.what.as_deref().unwrap();
        assert!(what.starts_with(begin), "{line:?}");
        let times = what.split(' ').filter(|name| name.contains('–') && name.contains(':')).count();
        assert_eq!((times, line.words.len()), (1, 0), "{line:?}");
    }
}
