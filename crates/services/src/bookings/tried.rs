//! Whether somebody could book a time: every criterion with its verdict, for whoever answers requests there.
//!
//! Invariant: the verdicts are those of the rules that refuse a booking; nothing is booked by asking.

use super::{Ask, BookingsError, Loaded, ValidationError, Want};
use crate::Ctx;
use domain::{
    actor::{About, Actor, Permission},
    bookings::{self as rules, Criterion, Request},
    time::MINUTE,
};
use store::people;
use text::Lang;
use views::bookings::{Check, Time, Tried};

/// Whether the person whom `who` names – by their whole name or address – could book `ask`; nothing where nobody is named.
pub async fn tried(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    who: &str,
    ask: Result<Ask, Vec<ValidationError>>,
) -> Result<Option<Tried>, BookingsError> {
    actor.require(Permission::OwnAccount, About::NOTHING)?;
    if who.trim().is_empty() {
        return Ok(None);
    }
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let Ask { resource, span } = ask.map_err(BookingsError::Invalid)?;
    let want = Want { resource, person: None, without: None, span, zone, now };
    let about = Loaded::load(&mut snapshot, want).await?.about();
    actor.require(Permission::Moderate, about)?;
    let called = people::called(&mut snapshot, who.trim()).await?;
    let [(person, name)] = called.as_slice() else {
        return Err(BookingsError::Invalid(vec![ValidationError::Called]));
    };
    let known = Loaded::load(&mut snapshot, Want { person: Some(*person), ..want }).await?;
    let (request, facts) = (Request { span, kept: None }, known.facts());
    let refusals = rules::refusals(request, &facts);
    let minutes = (span.ends.0 - span.starts.0).max(0) / domain::time::millis(MINUTE);
    let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
    let checks = Criterion::ALL.iter().flat_map(|&criterion| {
        let against: Vec<Check> = refusals
            .iter()
            .filter(|refusal| refusal.criterion() == criterion)
            .map(|refusal| Check { fits: false, said: known.said(lang, *refusal).1 })
            .collect();
        if against.is_empty() {
            let said = lang.booking_meets(criterion, &known.settings.booking, minutes);
            vec![Check { fits: true, said }]
        } else {
            against
        }
    });
    let checks = checks.collect();
    let helps = !refusals.is_empty() && !refusals.iter().any(|refusal| refusal.is_of_any_time());
    let instead = if helps { rules::alternatives(request, &facts) } else { Vec::new() };
    let time =
        |span: domain::occupations::Span| Time { starts: zone.moment(span.starts), ends: zone.moment(span.ends) };
    Ok(Some(Tried {
        person: name.clone(),
        time: time(span),
        now: zone.moment(now),
        checks,
        instead: instead.into_iter().map(time).collect(),
        name: known.name,
    }))
}
