//! Problems on a machine's page: open ones, resolved ones, and the block; for members. Outside the page's main
//! content: without permission nothing is shown.

use super::{
    api::{self, BlockMachine},
    report_view,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::{beside, use_live},
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Form, hidden, was_submitted},
        icon::Icon,
        text_area::TextArea,
    },
};
use contract::problems::{AtMachine, Block, Report};
use domain::{id::MachineId, live::Noun, problems::State};
use leptos::{prelude::*, server_fn::ServerFn};

/// The section of one machine.
#[component]
pub fn Problems(machine: MachineId) -> impl IntoView {
    let live = use_live();
    let blocking = Call::<BlockMachine>::new();
    let changes = move || blocking.version().get();
    let answers = page_resource(
        move || (live.about(Noun::Machine, machine.0), live.version(Noun::Person), changes()),
        move |_| api::at_machine(machine),
    );
    view! {
        <Transition fallback=|| ()>
            {beside(answers, Box::new(move |newest| {
                let visible = Signal::derive(move || newest.get().flatten());
                view! { <Section machine at_machine=visible blocking/> }.into_any()
            }))}
        </Transition>
    }
}

/// The live parts, separated so that input survives updates.
#[component]
fn Section(
    machine: MachineId,
    at_machine: Signal<Option<AtMachine>>,
    blocking: Call<BlockMachine>,
) -> impl IntoView {
    let t = lang::current();
    let is_there = Memo::new(move |_| at_machine.with(Option::is_some));
    let of = move |requested: bool| {
        Memo::new(move |_| {
            let all = at_machine.with(|at| at.as_ref().map(|at| at.reports.clone()).unwrap_or_default());
            all.into_iter().filter(|report| (report.state == State::Resolved) == requested).collect::<Vec<_>>()
        })
    };
    let (open, resolved) = (of(false), of(true));
    let may_report = Memo::new(move |_| at_machine.with(|at| at.as_ref().is_some_and(|at| at.may_report)));
    let may_handle = Memo::new(move |_| at_machine.with(|at| at.as_ref().is_some_and(|at| at.may_handle)));
    let block = Memo::new(move |_| at_machine.with(|at| at.as_ref().and_then(|at| at.block.clone())));
    dynamic(move || {
        is_there.get().then(|| view! {
            <section class="card problems" aria-labelledby="problems">
                <div class="card-head"><h2 id="problems">{t.problems_title()}</h2></div>
                {dynamic(move || {
                    let reports = open.get();
                    Some(if reports.is_empty() {
                        view! { <p class="muted">{t.problems_none_here()}</p> }.into_any()
                    } else {
                        list(reports)
                    })
                })}
                {dynamic(move || {
                    let reports = resolved.get();
                    (!reports.is_empty()).then(|| {
                        let count = t.problems_resolved(u32::try_from(reports.len()).unwrap_or(u32::MAX));
                        view! {
                            <details class="uses"><summary>{count}<Icon name="chevron-right"/></summary>{list(reports)}</details>
                        }
                    })
                })}
                {dynamic(move || may_report.get().then(|| view! {
                    <div class="btn-row">
                        <ButtonLink href=format!("/machines/{machine}/report") label=t.problem_report().to_owned() icon="triangle-alert"/>
                        {dynamic(move || may_handle.get().then(|| view! {
                            <ButtonLink href="/problems" label=t.problems_to_queue().to_owned() kind=Kind::Ghost/>
                        }))}
                    </div>
                }))}
                {dynamic(move || may_handle.get().then(|| view! { <Blocking machine block blocking/> }))}
            </section>
        })
    })
}

fn list(reports: Vec<Report>) -> AnyView {
    let now = use_clock().now_once();
    let rows = reports
        .into_iter()
        .map(|report| view! { <li><div class="item">{report_view(&report, now, false)}</div></li> });
    view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
}

/// The form to block the machine, or the current block.
#[component]
fn Blocking(machine: MachineId, block: Memo<Option<Block>>, blocking: Call<BlockMachine>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || {
        Some(match block.get() {
            Some(block) => {
                let mut about: Vec<_> = block.because.into_iter().collect();
                about.extend(block.by);
                // It is lifted in the head of the page.
                view! {
                    <p><b>{t.block_in_force()}</b>" "{about.join(" · ")}</p>
                    <div class="btn-row"><ButtonLink href=format!("/machines/{machine}/outage") label=t.affected_see().to_owned()/></div>
                }
                .into_any()
            }
            None => view! {
                <details class="deed" open=was_submitted(BlockMachine::PATH)>
                    <summary>{t.block_do()}"…"</summary>
                    <p class="small muted">{t.block_why()}</p>
                    <Form action=blocking>
                        {hidden("machine", &machine)}
                        <TextArea name="because" label=t.block_because() value=String::new() hint=t.block_because_hint()/>
                        <Choices name="at_once" error="at_once" legend=t.block_when() chosen=Vec::new()
                            options=vec![("yes".to_owned(), t.block_at_once().to_owned())]/>
                        <div class="btn-row"><Submit label=t.block_do() kind=Kind::Danger busy=blocking.pending()/></div>
                    </Form>
                </details>
            }
            .into_any(),
        })
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        problems::queue::tests::report,
        testing::{NOW, html, visitor, words},
    };
    use domain::id::BlockId;
    use text::Lang;

    fn section(at: Option<AtMachine>) -> String {
        html(visitor(Lang::En), "/machines/1", move || {
            view! { <Section machine=MachineId(1) at_machine=Signal::stored(at) blocking=Call::new()/> }
        })
    }

    fn at(reports: Vec<Report>, block: Option<Block>, may_handle: bool) -> AtMachine {
        let name = "Laser 1".to_owned();
        AtMachine { now: NOW, machine: MachineId(1), name, reports, block, may_report: true, may_handle }
    }

    #[test]
    fn anonymous_visitor_sees_no_problems_and_member_can_report() {
        assert!(!section(None).contains("<section"));
        let html = section(Some(at(Vec::new(), None, false)));
        assert!(html.contains(r#"href="/machines/1/report""#) && !html.contains("<form"), "{html}");
    }

    #[test]
    fn machine_owner_can_block_or_sees_current_block() {
        let html = section(Some(at(vec![report(4)], None, true)));
        assert!(html.contains("/problems/block") && words(&html).contains("squeaks"), "{html}");
        let block = Block {
            id: BlockId(9),
            since: NOW,
            by: None,
            because: Some("new tube".into()),
            at_once: false,
            report: None,
        };
        let html = section(Some(at(Vec::new(), Some(block), true)));
        assert!(html.contains(r#"href="/machines/1/outage""#) && words(&html).contains("new tube"), "{html}");
        assert!(!html.contains("/problems/block"), "{html}");
    }
}
