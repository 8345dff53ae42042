//! Checks whether a person could book a time, and lists every criterion with its verdict, for moderators.
//!
//! Invariant: the verdicts come from the rules that refuse a booking; a dry run books nothing.

use super::{BookingContext, BookingsError, Named, TrialError, Want, about, rows};
use crate::{Ctx, directory::meant};
use contract::bookings::{Check, Time, TrialResult};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{self as rules, Criterion, Request, Resource},
    occupations::Span,
    settings::{At, Key, Setting, Settings},
    time::{Date, MINUTE},
    zone::Zone,
};
use text::Lang;

/// Minutes of a day.
const A_DAY: u16 = 1_440;

/// An unsaved rule to try.
#[derive(Debug, Clone, Copy)]
pub struct Unsaved<'a> {
    pub at: At,
    pub key: Key,
    /// The value, as typed.
    pub value: &'a str,
}

/// The parsed form of a trial.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// The whole name or the address of the person who would book.
    pub who: &'a str,
    /// The resource to book.
    pub resource: Option<Resource>,
    pub date: Option<Date>,
    /// Start, in minutes of the wall clock.
    pub starts: Option<u16>,
    /// End, on the same day.
    pub ends: Option<u16>,
    /// An unsaved rule to apply; an invalid one is ignored.
    pub unsaved: Option<Unsaved<'a>>,
}

impl Trial<'_> {
    /// The time, or all that is wrong with it.
    fn span(&self, zone: Zone) -> Result<Span, Vec<TrialError>> {
        let clock = |minute: Option<u16>| minute.filter(|minute| *minute <= A_DAY);
        // Midnight as an end means the end of the day.
        let ends = if self.ends == Some(0) && self.starts > Some(0) { Some(A_DAY) } else { self.ends };
        match (self.date, clock(self.starts), clock(ends)) {
            (_, Some(starts), Some(ends)) if ends <= starts => {
                let no_day = self.date.is_none().then_some(TrialError::Day);
                Err(no_day.into_iter().chain([TrialError::EndsFirst]).collect())
            }
            (Some(date), Some(starts), Some(ends)) => {
                match (zone.local_instant(date, starts), zone.local_instant(date, ends)) {
                    (Some(starts), Some(ends)) => Ok(Span { starts, ends }),
                    (starts, ends) => Err([
                        starts.is_none().then_some(TrialError::Skipped),
                        ends.is_none().then_some(TrialError::EndSkipped),
                    ]
                    .into_iter()
                    .flatten()
                    .collect()),
                }
            }
            (date, starts, ends) => Err([
                date.is_none().then_some(TrialError::Day),
                starts.is_none().then_some(TrialError::Begins),
                ends.is_none().then_some(TrialError::Ends),
            ]
            .into_iter()
            .flatten()
            .collect()),
        }
    }
}

/// Whether the person in `trial` could book that; empty without a trial.
pub async fn evaluate_trial(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    trial: Option<Trial<'_>>,
) -> Result<Option<TrialResult>, BookingsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let Some(trial) = trial else { return Ok(None) };
    let (zone, now, who) = (ctx.space().zone, ctx.now(), trial.who.trim());
    let unnamed = who.is_empty().then_some(TrialError::Unnamed);
    let span = trial.span(zone);
    let Some(resource) = trial.resource else {
        let faults = unnamed.into_iter().chain([TrialError::What]).chain(span.err().unwrap_or_default());
        return Err(BookingsError::invalid(faults));
    };
    let mut snapshot = ctx.store().snapshot().await?;
    let named = rows::resource(&mut snapshot, resource).await?.ok_or(BookingsError::UnknownResource)?;
    actor.require(Permission::Moderate, about(resource, named.kind))?;
    let called = if who.is_empty() { Vec::new() } else { meant(&mut snapshot, actor, who).await? };
    let ([(person, name)], Ok(span)) = (called.as_slice(), &span) else {
        let nobody = unnamed.or_else(|| (called.len() != 1).then_some(TrialError::Called));
        let faults = nobody.into_iter().chain(span.err().unwrap_or_default());
        return Err(BookingsError::invalid(faults));
    };
    let span = *span;
    let want = Want { resource, person: Some(*person), group: None, without: None, span, zone, now };
    let named = Named { resource, kind: named.kind, name: named.name };
    let mut explicit = store::settings::explicit(&mut snapshot, named.kind, resource.machine()).await?;
    if let Some(Unsaved { at, key, value }) = trial.unsaved {
        let (scope, id) = at.columns();
        if let Some(value) = key.value(value).filter(|_| scope.covers(id, named.kind, resource.machine())) {
            explicit.retain(|setting| (setting.scope, setting.key) != (scope, key));
            explicit.push(Setting { scope, key, value });
        }
    }
    let settings = vec![Settings::resolve(explicit)];
    let known = BookingContext::load_by(&mut snapshot, want, vec![named], settings).await?;
    let known = known.into_iter().next().ok_or(BookingsError::UnknownResource)?;
    let (request, facts) = (Request { span, kept: None }, known.facts());
    let refusals = rules::refusals(request, &facts);
    let minutes = span.ends.minus(span.starts).max(0) / domain::time::millis(MINUTE);
    let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
    let checks = Criterion::ALL.iter().flat_map(|&criterion| {
        let against: Vec<Check> = refusals
            .iter()
            .filter(|refusal| refusal.criterion() == criterion)
            .map(|refusal| Check { fits: false, message: known.refusal_text(lang, *refusal).1 })
            .collect();
        if against.is_empty() {
            let explicit = lang.booking_meets(criterion, &known.settings.booking, minutes);
            vec![Check { fits: true, message: explicit }]
        } else {
            against
        }
    });
    let checks = checks.collect();
    let helps = !refusals.is_empty() && !refusals.iter().any(|refusal| refusal.is_of_any_time());
    let instead = if helps { rules::alternatives(request, &facts) } else { Vec::new() };
    let time = |span: Span| Time { starts: zone.moment(span.starts), ends: zone.moment(span.ends) };
    Ok(Some(TrialResult {
        person: name.clone(),
        time: time(span),
        now: zone.moment(now),
        checks,
        instead: instead.into_iter().map(time).collect(),
        name: known.name,
    }))
}
