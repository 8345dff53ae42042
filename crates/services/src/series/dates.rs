//! A date of a plan as pages and programs read it: whether it can be had, why not, and what else.
//!
//! Not here: how that is decided ([`super::plan`]).

use super::plan::{Plan, Planned, Taking};
use crate::Ctx;
use contract::series::{PreviewDate, SeriesAlternative};
use domain::{
    hours::TimeOfDay,
    occupations::Span,
    series::{Choice, Place},
};
use text::Lang;

/// A date with its reasons and alternatives.
pub(super) fn to_date(ctx: &Ctx, lang: Lang, plan: &Plan, planned: &Planned) -> PreviewDate {
    let zone = ctx.space().zone;
    let date = planned.target.date;
    let midnight = zone.start_of(date);
    let span = planned.target.span.unwrap_or(Span { starts: midnight, ends: midnight });
    let skipped = planned.target.span.is_none().then(|| lang.series_skipped_by_clocks().to_owned());
    let wanted = plan.wanted_at(planned.target);
    let reasons = planned.refusals.iter().filter_map(|refusal| Some(wanted?.1.refusal_text(lang, *refusal).1));
    let mut all = planned.instead.clone();
    // What was chosen stays a choice, also if something else is nearer.
    all.extend(planned.taking.filter(|taking| !planned.is_free() && !planned.instead.contains(taking)));
    PreviewDate {
        date,
        excepted: planned.target.excepted,
        free: planned.is_free(),
        starts: ctx.moment(span.starts),
        ends: ctx.moment(span.ends),
        reasons: skipped.into_iter().chain(reasons).collect(),
        instead: all.into_iter().filter_map(|taking| alternative(ctx, plan, planned, taking)).collect(),
    }
}

fn alternative(ctx: &Ctx, plan: &Plan, planned: &Planned, taking: Taking) -> Option<SeriesAlternative> {
    let (resource, known) = plan.context(taking)?;
    let (wanted, _) = plan.wanted_at(planned.target)?;
    let (starts, ends) = (ctx.moment(taking.span.starts), ctx.moment(taking.span.ends));
    let clock = |wall: domain::time::WallTime| {
        TimeOfDay::new(u16::from(wall.hour) * 60 + u16::from(wall.minute)).unwrap_or_default()
    };
    let (from, to) = (starts.wall(), ends.wall());
    let instead = Place { resource: *resource, date: from.date, from: clock(from), to: clock(to) };
    Some(SeriesAlternative {
        choice: Choice { date: planned.target.date, instead: Some(instead) }.to_string(),
        name: known.name.clone(),
        starts,
        ends,
        same_place: resource == wanted,
        chosen: planned.taking == Some(taking),
    })
}
