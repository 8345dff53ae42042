//! The calls for what keeps somebody out.

use crate::problem::AppError;
use domain::id::{HoldId, PersonId};
use leptos::prelude::*;
use views::holds::{HoldDone, Holds};

/// Every hold on somebody.
#[server(name = ReadHolds, endpoint = "holds/of", protocol = crate::call::Wire)]
pub async fn of(person: PersonId) -> Result<Holds, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::holds::of(&ctx, &crate::request::actor(), person).await?)
}

#[server(name = PlaceHold, endpoint = "holds/place", protocol = crate::call::Wire)]
pub async fn place(
    person: PersonId,
    /// Why, one of the words.
    #[server(default)]
    reason: String,
    /// The last day, `2026-11-30`, or nothing.
    #[server(default)]
    last_day: String,
    #[server(default)] remark: String,
) -> Result<HoldDone, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = read(&reason, &last_day, &remark, ctx.today())?;
    let placed = services::holds::place(&ctx, &crate::request::actor(), person, new).await;
    Ok(placed.map(|hold| HoldDone { hold, lifted: false })?)
}

#[server(name = LiftHold, endpoint = "holds/lift", protocol = crate::call::Wire)]
pub async fn lift(hold: HoldId) -> Result<HoldDone, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let lifted = services::holds::lift(&ctx, &crate::request::actor(), hold).await;
    Ok(lifted.map(|()| HoldDone { hold, lifted: true })?)
}

/// The form as a command, or all that is wrong with its fields.
#[cfg(feature = "ssr")]
fn read(
    reason: &str,
    last_day: &str,
    remark: &str,
    today: domain::time::Date,
) -> Result<services::holds::PlaceHold, services::holds::HoldsError> {
    use domain::holds::HoldReason;
    use services::holds::{HoldsError, PlaceHold, ValidationError};
    let reason = HoldReason::from_word(reason).ok_or(ValidationError::Reason);
    match (reason, PlaceHold::last_day(last_day, today), PlaceHold::remark(remark)) {
        (Ok(reason), Ok(last_day), Ok(remark)) => Ok(PlaceHold { reason, last_day, remark }),
        (reason, last_day, remark) => {
            let errors = [reason.err(), last_day.err(), remark.err()];
            Err(HoldsError::Invalid(errors.into_iter().flatten().collect()))
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::read;
    use domain::{holds::REMARK, time::Date};
    use services::holds::{HoldsError, ValidationError};

    #[test]
    fn every_unfit_field_is_told_at_once() {
        use ValidationError::{Day, DayPast, NoDay, Reason, Remark};
        let long = "è".repeat(REMARK + 1);
        let today = Date::from_iso("2027-01-15").unwrap();
        for (reason, day, remark, expected) in [
            ("", "", "", vec![Reason]),
            ("whim", "soon", &*long, vec![Reason, Day, Remark]),
            ("", "2027-01-14", &long, vec![Reason, DayPast, Remark]),
            ("unpaid", "2027-02-30", "", vec![NoDay]),
            ("unpaid", "2101-01-01", "", vec![Day]),
        ] {
            let Err(HoldsError::Invalid(errors)) = read(reason, day, remark, today) else {
                panic!("{expected:?}")
            };
            assert_eq!(errors, expected);
        }
    }

    #[test]
    fn a_field_that_is_left_empty_is_none() {
        let hold = read("unpaid", " ", " \n", Date::from_iso("2027-01-15").unwrap()).unwrap();
        assert!(hold.last_day.is_none() && hold.remark.is_none());
    }
}
