//! Series: the list of one's own and one's groups', and the end of a term for those who manage bookings.
//!
//! Not here: one series ([`one`]), a new one ([`new`]), and changing the time of one ([`change`]).

pub mod change;
mod dates;
pub mod new;
pub mod one;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Field, Form},
        icon::icon_markup,
        register::NewEntry,
    },
};
use contract::series::{self, ListSeries, SeriesList, SeriesView};
use dates::clock;
pub use dates::rule_in_words;
use domain::live::Noun;
use leptos::prelude::*;
use std::fmt::{self, Write};
use text::{Lang, markup::escaped};

type EndTerm = Function<series::EndTerm>;

/// The page at `/series`.
pub fn series_list_page() -> AnyView {
    let (live, end) = (use_live(), Call::<EndTerm>::new());
    let all: PageResource<SeriesList> =
        page_resource(move || (live.version(Noun::Bookings), end.version().get()), |_| load(&ListSeries {}));
    live_page(lang::current().series_title(), 6, all, move |all| view! { <Page all end/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<SeriesList>, end: Call<EndTerm>) -> impl IntoView {
    let t = lang::current();
    let sum = move || {
        all.with(|all| {
            let count = u32::try_from(all.series.len()).unwrap_or(u32::MAX);
            t.series_sub(&t.series_count(count), &t.series_dates(all.series.iter().map(|one| one.coming).sum()))
        })
    };
    let ended = answered(end);
    let manages = all.with_untracked(|all| all.may_end);
    view! {
        <header class="page-head"><h1>{t.series_title()}</h1><p class="sub">{text(sum)}</p></header>
        <div role="status">{dynamic(move || ended.get().map(|ended| {
            let title = t.series_sub(&t.series_count(ended.series), &t.series_dates(ended.dates));
            view! { <Banner tone=Tone::Go icon="check" title>{t.notice_series_ended_next()}</Banner> }
        }))}</div>
        {dynamic(move || all.with(|all| all.may_add).then(|| {
            view! { <p><a class="link" href="/series/new">{t.series_new_one()}</a></p> }.into_any()
        }))}
        {dynamic(move || Some(all.with(|all| list(t, all))))}
        {manages.then(|| view! {
            <NewEntry title=t.series_end_term()>
                <p class="muted">{t.series_end_term_next()}</p>
                <Form action=end>
                    <Field name="last" kind="date" label=t.series_last()/>
                    <div class="btn-row"><Submit label=t.series_end_term_do() kind=Press::Danger busy=end.pending()/></div>
                </Form>
            </NewEntry>
        })}
    }
}

fn list(t: Lang, all: &SeriesList) -> AnyView {
    if all.series.is_empty() {
        return view! {
            <div class="card"><Empty icon="repeat">
                <h2>{t.series_none_yet()}</h2><p>{t.series_none_yet_next()}</p>
            </Empty></div>
        }
        .into_any();
    }
    let mut rows = String::new();
    for one in &all.series {
        // Writing into a string cannot fail.
        let _ = row(&mut rows, t, one);
    }
    view! { <ul class="list" inner_html=rows></ul> }.into_any()
}

/// Built as a string: a term has a hundred series and more, and nothing in a row changes by itself.
fn row(html: &mut String, t: Lang, one: &SeriesView) -> fmt::Result {
    let time = format!("{} {}–{}", rule_in_words(t, &one.rule), clock(one.from), clock(one.to));
    let mut second = vec![time, one.owner.clone().unwrap_or_default(), t.short_dates(one.first, one.last)];
    second.retain(|part| !part.is_empty());
    let coming = t.series_to_come(&one.coming.to_string(), &one.dates.to_string());
    write!(
        html,
        "<li><a class=\"item\" href=\"/series/{}\"><span class=\"tile\">{}</span>\
         <span class=\"lines\"><span class=\"t\">{}</span><span class=\"s\">{}</span>",
        one.id,
        icon_markup("repeat"),
        escaped(&one.name),
        escaped(&second.join(" · ")),
    )?;
    if one.lost > 0 {
        let label =
            if one.lost == 1 { t.series_one_lost().to_owned() } else { t.series_many_lost(&one.lost.to_string()) };
        write!(html, "<span><span class=\"badge\" data-tone=\"warn\">{}</span></span>", escaped(&label))?;
    }
    write!(
        html,
        "</span><span class=\"tail\"><span class=\"muted\">{}</span>{}</span></a></li>",
        escaped(&coming),
        icon_markup("chevron-right"),
    )
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::{
        bookings::Resource,
        id::{RoomId, SeriesId},
        series::time_of_day,
    };

    #[test]
    fn series_is_a_link_with_rule_owner_and_lost_dates() {
        let date = NOW.wall().date;
        let one = |id, owner: &str, lost| SeriesView {
            id: SeriesId(id),
            version: 1,
            resource: Resource::Room(RoomId(2)),
            name: "Hall <1>".into(),
            group: None,
            owner: Some(owner.into()),
            rule: "FREQ=WEEKLY;BYDAY=TU".into(),
            from: time_of_day(18 * 60),
            to: time_of_day(20 * 60),
            first: date,
            last: date,
            dates: 12,
            coming: 9,
            lost,
            next: None,
        };
        let all = SeriesList {
            series: vec![one(7, "Weavers & Co", 0), one(8, "Ada", 2)],
            may_end: false,
            may_add: false,
        };
        let html = html(visitor(Lang::En), "/series", move || {
            let end = Call::<EndTerm>::new();
            view! { <Page all=RwSignal::new(all) end/> }
        });
        assert!(html.contains(r#"href="/series/7""#) && html.contains(r#"href="/series/8""#), "{html}");
        assert!(html.contains("Hall &lt;1&gt;") && html.contains("Weavers &amp; Co"), "{html}");
        let content = words(&html);
        assert!(content.contains(&Lang::En.series_to_come("9", "12")), "{content}");
        assert_eq!(content.matches(&Lang::En.series_many_lost("2")).count(), 1, "{content}");
    }
}
