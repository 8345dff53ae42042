//! Subscriptions of a customer: which of them are dues, and what those amount to.
//!
//! Invariant: a subscription for something else neither pays a membership nor ends it. Not here: what a processor's messages look like.

use super::{Answer, Standing};
use crate::time::Date;

/// What members pay dues for at a processor: names of prices, products or subscriptions. Without any, every subscription is dues.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plans(Vec<String>);

impl Plans {
    /// The names in `text`, separated by commas.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let names = text.split(',').map(|name| name.trim().to_lowercase());
        Self(names.filter(|name| !name.is_empty()).collect())
    }

    /// Whether they include what a subscription collects, by its id or one of its names.
    #[must_use]
    pub fn include(&self, one: &Subscription) -> bool {
        let mut names = one.names.iter().chain([&one.id]);
        self.0.is_empty() || names.any(|name| self.0.contains(&name.to_lowercase()))
    }
}

/// A subscription of a customer, as a processor answers about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The processor's id; empty for single payments, which belong to no subscription.
    pub id: String,
    /// The names of what it collects, the clearest first.
    pub names: Vec<String>,
    /// The last paid day, if anything says so.
    pub paid_until: Option<Date>,
    /// Whether nothing will be collected any more.
    pub ended: bool,
    /// Whether collecting is paused, while its periods go on.
    pub is_paused: bool,
}

impl Subscription {
    /// Whether it collects the same as `other`: both have one name, like that of a price.
    fn collects_like(&self, other: &Self) -> bool {
        self.names.iter().any(|name| other.names.contains(name))
    }
}

/// The subscriptions of a customer that are dues: the one that a manager `chose`, or those that `plans` include. A chosen one that has
/// ended does not shut out others that the space names; where it names none, those that collect the same count, because another one may
/// be for something else. Single payments are dues only where there is no subscription: beside one they pay for something else.
#[must_use]
pub fn counted<'a>(all: &'a [Subscription], plans: &Plans, chosen: Option<&str>) -> Vec<&'a Subscription> {
    let is_chosen = |one: &Subscription| Some(one.id.as_str()) == chosen;
    let has_none = all.iter().all(|one| one.id.is_empty());
    let is_dues = |one: &Subscription| plans.include(one) && (has_none || !one.id.is_empty());
    match all.iter().find(|one| is_chosen(one)) {
        Some(one) if !one.ended => vec![one],
        Some(ended) if plans.0.is_empty() => {
            all.iter().filter(|one| is_chosen(one) || one.collects_like(ended)).collect()
        }
        _ => all.iter().filter(|one| is_dues(one) || is_chosen(one)).collect(),
    }
}

/// The subscription that stays `chosen` after an answer on `today`, by those that are `counted`. One whose paid time is over gives way
/// to another that is collected: to all that `plans` include, or, where they name none, to that one.
#[must_use]
pub fn choice<'a>(
    counted: &[&'a Subscription],
    plans: &Plans,
    chosen: Option<&'a str>,
    today: Date,
) -> Option<&'a str> {
    let is_over = |one: &Subscription| one.ended && one.paid_until.is_none_or(|paid| paid < today);
    let gives_way = counted.iter().any(|one| Some(one.id.as_str()) == chosen && is_over(one));
    match counted.iter().find(|one| !one.ended) {
        Some(next) if gives_way => Some(next.id.as_str()).filter(|_| plans.0.is_empty()),
        _ => chosen,
    }
}

/// What the subscriptions that are dues amount to; `None` if none of them says anything. Any that is collected keeps the
/// membership.
#[must_use]
pub fn answer(dues: &[&Subscription]) -> Option<Answer> {
    let is_going = dues.iter().any(|one| !one.ended);
    // Beside one that is collected, the period of a paused one says nothing.
    let decisive = || dues.iter().filter(move |one| !(is_going && one.is_paused));
    let paid_until = decisive().filter_map(|one| one.paid_until).max()?;
    let is_paused = decisive().any(|one| one.is_paused);
    Some(Answer { standing: Standing { paid_until, ended: !is_going }, is_paused })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice;

    fn of(name: &str, paid: i64, ended: bool) -> Subscription {
        Subscription {
            id: format!("sub_{name}"),
            names: vec![name.to_owned(), format!("prod_{name}")],
            paid_until: Some(Date::from_days(paid)),
            ended,
            is_paused: false,
        }
    }

    fn by(all: &[Subscription], plans: &str) -> Option<(i64, bool, bool)> {
        answer(&counted(all, &Plans::parse(plans), None))
            .map(|found| (found.standing.paid_until.days(), found.standing.ended, found.is_paused))
    }

    #[test]
    fn any_collected_subscription_keeps_membership() {
        assert_eq!(by(&[of("a", 1, false), of("b", 5, true)], ""), Some((5, false, false)));
        assert_eq!(by(&[of("a", 5, true), of("b", 3, true)], ""), Some((5, true, false)));
        let unpaid = Subscription { paid_until: None, ..of("a", 0, false) };
        assert_eq!(by(&[unpaid.clone(), of("b", 3, true)], ""), Some((3, false, false)));
        assert_eq!((by(&[unpaid], ""), by(&[], "")), (None, None));
    }

    #[test]
    fn paused_subscription_is_ignored_beside_one_that_is_collected() {
        let paused = Subscription { is_paused: true, ..of("a", 9, true) };
        assert_eq!(by(&[paused.clone(), of("b", 1, false)], ""), Some((1, false, false)));
        assert_eq!(by(&[paused, of("b", 1, true)], ""), Some((9, true, true)));
    }

    #[test]
    fn only_named_plans_are_dues() {
        let both = [of("price_member", 3, true), of("price_locker", 9, false)];
        assert_eq!(by(&both, "price_member"), Some((3, true, false)), "the locker keeps no membership");
        assert_eq!(by(&both, " PROD_price_member , price_old"), Some((3, true, false)));
        assert_eq!(by(&both, "price_other"), None);
        assert_eq!(by(&both, " , "), Some((9, false, false)), "without a name all are dues");
    }

    #[test]
    fn single_payment_is_dues_only_without_subscription() {
        let single = Subscription { id: String::new(), names: Vec::new(), ..of("", 9, false) };
        assert_eq!(by(slice::from_ref(&single), ""), Some((9, false, false)));
        assert_eq!(by(&[of("a", 3, true), single.clone()], ""), Some((3, true, false)));
        assert_eq!(by(&[single], "membership"), None);
    }

    #[test]
    fn chosen_subscription_alone_counts_until_it_ends() {
        let ids = |all: &[Subscription], plans: &str, chosen: &str| {
            let counted = counted(all, &Plans::parse(plans), Some(chosen));
            counted.into_iter().map(|one| one.id.clone()).collect::<Vec<_>>()
        };
        let going = [of("a", 3, false), of("b", 9, false)];
        assert_eq!(ids(&going, "", "sub_a"), ["sub_a"]);
        assert_eq!(ids(&going, "b", "sub_a"), ["sub_a"]);
        assert_eq!(ids(&going, "b", "sub_gone"), ["sub_b"]);
        let ended = [of("a", 3, true), of("b", 9, false)];
        assert_eq!(ids(&ended, "", "sub_a"), ["sub_a"], "another one may be for something else");
        assert_eq!(ids(&ended, "b", "sub_a"), ["sub_a", "sub_b"], "taken up again");
        let renewed =
            [of("a", 3, true), of("b", 9, false), Subscription { id: "sub_a2".into(), ..of("a", 9, false) }];
        assert_eq!(ids(&renewed, "", "sub_a"), ["sub_a", "sub_a2"], "the same price");
    }

    #[test]
    fn choice_that_is_over_gives_way_to_a_renewal() {
        let renewal = Subscription { id: "sub_a2".into(), ..of("a", 40, false) };
        let chosen_on = |today: i64, all: &[Subscription], plans: &str| {
            let plans = Plans::parse(plans);
            let counted = counted(all, &plans, Some("sub_a"));
            choice(&counted, &plans, Some("sub_a"), Date::from_days(today)).map(ToOwned::to_owned)
        };
        let own = Some("sub_a".to_owned());
        let renewed = [of("a", 3, true), of("b", 9, false), renewal];
        assert_eq!(chosen_on(3, &renewed, "a"), own, "its last day is paid");
        assert_eq!(chosen_on(4, &renewed, "a"), None, "the named price counts again");
        assert_eq!(chosen_on(4, &renewed, "").as_deref(), Some("sub_a2"));
        assert_eq!(chosen_on(4, &renewed[..2], ""), own, "another one may be for something else");
        assert_eq!(chosen_on(4, &renewed[..1], "a"), own);
        assert_eq!(chosen_on(4, &[of("a", 3, false), of("b", 9, false)], "b"), own, "late, but collected");
    }
}
