//! Where a pointer is in a column of hours.

use web_sys::Element;

/// Minute of the day at height `y` of a column that shows the hours from `first` to `last`.
pub fn minute_at(column: &Element, y: i32, (first, last): (u16, u16)) -> u16 {
    let rect = column.get_bounding_client_rect();
    let part = ((f64::from(y) - rect.top()) / rect.height().max(1.0)).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the minutes of a day"
    )]
    let minute = (part * f64::from((last - first) * 60)) as u16;
    first * 60 + minute
}
