//! The verification of a draw, by the reader's own browser: the published file, or one that they choose.
//!
//! Invariant: the verdict is computed by [`domain::draws::verify`] in this page and compared with the published hashes; a chosen
//! file is sent nowhere. Not here: the algorithm, and the other verifiers (`toolgate draw verify`, `docs/draw-verify.py`).

use super::when;
use crate::{
    call::{PageResource, load, page_resource},
    lang,
    live_page::live_page,
    ui::{changing::dynamic, icon::Icon},
};
use contract::draws::{ProofPage, ReadProof};
use domain::{
    draws::{ChangedWish, InvalidProof, MAX_BYTES, Outcome, Step, VerifiedDraw, changed_wish, verify},
    id::DrawId,
};
use leptos::{ev::Event, prelude::*};
use text::Lang;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{FileReader, HtmlInputElement, js_sys::Uint8Array};

/// The page at `/draws/{id}/verify`.
pub fn verify_page(draw: DrawId) -> AnyView {
    let page: PageResource<ProofPage> = page_resource(|| (), move |()| load(&ReadProof { id: draw }));
    live_page(lang::current().draw_verify(), 6, page, move |page| view! { <Page page/> }.into_any())
}

/// A file that the reader chose.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chosen {
    name: String,
    /// `None` if it is too large to be read.
    bytes: Option<Vec<u8>>,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    Proof(InvalidProof),
    OtherDraw,
    /// It is right in itself, but its secret is not the published one.
    OtherSecret {
        computed: String,
    },
    /// The same for its wishes.
    OtherWishes {
        computed: String,
    },
}

impl Refusal {
    const fn step(&self) -> Step {
        match self {
            Self::Proof(invalid) => invalid.step(),
            Self::OtherDraw => Step::File,
            Self::OtherSecret { .. } => Step::Secret,
            Self::OtherWishes { .. } => Step::Wishes,
        }
    }
}

/// Verifies a file against the published hashes.
fn judge(page: &ProofPage, file: &[u8]) -> Result<VerifiedDraw, Refusal> {
    let verified = verify(file).map_err(Refusal::Proof)?;
    let (commitment, wishes) = (verified.commitment.to_string(), verified.result.wishes_hash.to_string());
    if verified.input.draw() != page.draw {
        Err(Refusal::OtherDraw)
    } else if commitment != page.commitment {
        Err(Refusal::OtherSecret { computed: commitment })
    } else if wishes != page.wishes_hash {
        Err(Refusal::OtherWishes { computed: wishes })
    } else {
        Ok(verified)
    }
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<ProofPage>, #[prop(optional)] chosen: RwSignal<Option<Chosen>>) -> impl IntoView {
    let t = lang::current();
    let (draw, name) = page.with_untracked(|page| (page.draw, page.name.clone()));
    let verdict = Memo::new(move |_| {
        page.with(|page| {
            chosen.with(|chosen| match chosen.as_ref().map(|chosen| &chosen.bytes) {
                None => judge(page, page.file.as_bytes()),
                Some(Some(bytes)) => judge(page, bytes),
                Some(None) => Err(Refusal::Proof(InvalidProof::TooLarge)),
            })
        })
    });
    view! {
        <a class="crumb" href=format!("/draws/{draw}")><Icon name="chevron-left"/>{name.clone()}</a>
        <header class="machine-head"><h1>{t.draw_verify()}</h1><p>{t.verify_sub(&name)}</p></header>
        <div class="draw-cols" data-lead="right">
            <div>
                {dynamic(move || Some(verdict.with(|verdict| answer(t, draw, verdict, chosen))))}
                {elsewhere(t, draw, chosen)}
            </div>
            <div>{dynamic(move || Some(page.with(|page| verdict.with(|verdict| steps(t, page, verdict, chosen)))))}</div>
        </div>
    }
}

fn answer(
    t: Lang,
    draw: DrawId,
    verdict: &Result<VerifiedDraw, Refusal>,
    chosen: RwSignal<Option<Chosen>>,
) -> AnyView {
    let file = format!("/api/v1/draws/{draw}/proof");
    if let Ok(verified) = verdict {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let entrants = t.draws_entrants(count(verified.input.entrants().len()));
        let wishes = t.draws_wishes(count(verified.input.wishes().len()));
        let rounds = t.draws_rounds(verified.result.rounds());
        let why = t.verify_right_why(&entrants, &wishes, &rounds, &won(verified).to_string());
        view! {
                <section class="answer" data-answer="yes" aria-labelledby="verdict">
                    <div class="say"><Icon name="shield-check"/><h2 class="big" id="verdict">{t.verify_right()}</h2><p class="because">{why}</p></div>
                    <div class="btn-row"><a class="btn" data-kind="deep" href=file rel="external" download=format!("draw-{draw}.json")><Icon name="download"/>{t.verify_download()}</a></div>
                    <p class="why"><Icon name="info"/><span>{t.verify_no_names()}</span></p>
                </section>
            }
            .into_any()
    } else {
        let why = chosen.with(|chosen| {
            chosen.as_ref().map_or_else(
                || t.verify_wrong_published().to_owned(),
                |chosen| t.verify_wrong_chosen(&chosen.name),
            )
        });
        view! {
                <section class="answer" data-answer="no" aria-labelledby="verdict">
                    <div class="say"><span class="bad-mark"><Icon name="octagon-alert"/></span><h2 class="big" id="verdict">{t.verify_wrong()}</h2><p class="because">{why}</p></div>
                    <div class="btn-row"><button type="button" class="btn" data-kind="primary" on:click=move |_| chosen.set(None)><Icon name="refresh-cw"/>{t.verify_again()}</button></div>
                </section>
            }
            .into_any()
    }
}

fn won(verified: &VerifiedDraw) -> usize {
    verified.result.outcomes.values().filter(|outcome| matches!(outcome, Outcome::Won { .. })).count()
}

/// Other ways to verify it.
fn elsewhere(t: Lang, draw: DrawId, chosen: RwSignal<Option<Chosen>>) -> AnyView {
    let command = format!("toolgate draw verify draw-{draw}.json");
    view! {
        <section class="group" aria-labelledby="elsewhere">
            <h2 class="group-head" id="elsewhere">{t.verify_elsewhere()}</h2>
            <ul class="list">
                <li><div class="item" data-top=""><span class="tile"><Icon name="terminal"/></span>
                    <span class="lines"><span class="t">{t.verify_command()}</span><code class="rrule">{command}</code></span></div></li>
                <li><div class="item" data-top=""><span class="tile"><Icon name="file-code"/></span>
                    <span class="lines"><span class="t">{t.verify_python()}</span><span class="s">{t.verify_python_next()}</span></span></div></li>
            </ul>
            <div class="card scripted">
                <div class="field">
                    <label for="file">{t.verify_another()}</label>
                    <input class="input" id="file" type="file" accept=".json,application/json" aria-describedby="file-hint"
                        on:change=move |event| read(&event, chosen)/>
                    <p class="hint" id="file-hint">{t.verify_another_next()}</p>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// Reads the chosen file into `chosen`.
fn read(event: &Event, chosen: RwSignal<Option<Chosen>>) {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
    let name = file.name();
    #[expect(clippy::cast_precision_loss, reason = "a limit of a few megabytes is exact")]
    if file.size() > MAX_BYTES as f64 {
        chosen.set(Some(Chosen { name, bytes: None }));
        return;
    }
    let Ok(reader) = FileReader::new() else { return };
    let done = reader.clone();
    let loaded = Closure::once_into_js(move || {
        if let Ok(result) = done.result() {
            chosen.set(Some(Chosen { name, bytes: Some(Uint8Array::new(&result).to_vec()) }));
        }
    });
    reader.set_onload(Some(loaded.unchecked_ref()));
    // It fails only for a file that is gone, and then the last verdict stays.
    drop(reader.read_as_array_buffer(&file));
}

/// All steps, those after the first that failed unchecked.
fn steps(
    t: Lang,
    page: &ProofPage,
    verdict: &Result<VerifiedDraw, Refusal>,
    chosen: RwSignal<Option<Chosen>>,
) -> AnyView {
    let failed = verdict.as_ref().err().map(Refusal::step);
    let number =
        failed.and_then(|failed| Step::ALL.iter().position(|step| *step == failed)).map(|place| place + 1);
    let heading =
        number.map_or_else(|| t.verify_steps().to_owned(), |number| t.verify_stopped(&number.to_string()));
    let rows = Step::ALL.iter().map(|step| match (failed, verdict) {
        (Some(failed), _) if *step > failed => {
            row(Some("skip"), "clock", right(t, *step), view! { <p>{t.verify_skipped()}</p> }.into_any())
        }
        (Some(failed), Err(refusal)) if *step == failed => {
            row(Some("no"), "x", wrong(t, *step), why_not(t, page, refusal, chosen))
        }
        (_, Ok(verified)) => row(None, "check", right(t, *step), why(t, page, verified, *step)),
        _ => row(None, "check", right(t, *step), ().into_any()),
    });
    view! {
        <section class="draw-stack" aria-labelledby="steps">
            <h2 class="title-lite" id="steps">{heading}</h2>
            <div role="status"><ol class="proof-steps">{rows.collect_view()}</ol></div>
        </section>
    }
    .into_any()
}

fn row(key: Option<&'static str>, icon: &'static str, heading: &'static str, more: AnyView) -> AnyView {
    view! { <li data-k=key><Icon name=icon/><div><h3>{heading}</h3>{more}</div></li> }.into_any()
}

const fn right(t: Lang, step: Step) -> &'static str {
    match step {
        Step::File => t.verify_file(),
        Step::Secret => t.verify_secret(),
        Step::Wishes => t.verify_wishes(),
        Step::Seed => t.verify_seed(),
        Step::Turns => t.verify_turns(),
        Step::Outcomes => t.verify_outcomes(),
    }
}

const fn wrong(t: Lang, step: Step) -> &'static str {
    match step {
        Step::File => t.verify_wrong(),
        Step::Secret => t.verify_secret_no(),
        Step::Wishes => t.verify_wishes_no(),
        Step::Seed => t.verify_seed_no(),
        Step::Turns => t.verify_turns_no(),
        Step::Outcomes => t.verify_outcomes_no(),
    }
}

/// What a step that holds has read.
fn why(t: Lang, page: &ProofPage, verified: &VerifiedDraw, step: Step) -> AnyView {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (text, hashes) = match step {
        Step::File => return ().into_any(),
        Step::Secret => {
            let computed = verified.commitment.to_string();
            let pair =
                pair(t, (t.verify_hash_published(), &page.commitment), (t.verify_hash_of_file(), &computed));
            (t.verify_secret_why(&when(t, page.published)), Some(pair))
        }
        Step::Wishes => {
            let wishes = t.draws_wishes(count(verified.input.wishes().len()));
            let pair = single(t.draw_fingerprint_wishes(), &page.wishes_hash);
            (t.verify_wishes_why(&wishes, &when(t, page.closed)), Some(pair))
        }
        Step::Seed => {
            let seed = verified.result.seed.to_string();
            (t.verify_seed_why().to_owned(), Some(single(t.verify_seed_label(), &seed)))
        }
        Step::Turns => (t.verify_turns_why(count(verified.result.turns.len())), None),
        Step::Outcomes => {
            let won = won(verified);
            let lost = verified.result.outcomes.len() - won;
            (t.verify_outcomes_why(&won.to_string(), &lost.to_string()), None)
        }
    };
    view! { <p>{text}</p>{hashes} }.into_any()
}

/// What differs in the step that failed.
fn why_not(t: Lang, page: &ProofPage, refusal: &Refusal, chosen: RwSignal<Option<Chosen>>) -> AnyView {
    let changed = chosen.with(|chosen| {
        let bytes = chosen.as_ref()?.bytes.as_ref()?;
        changed_wish(bytes, page.file.as_bytes())
    });
    let changed = changed.map(|changed| view! { <p>{changed_text(t, &changed)}</p> });
    let published = |hash: &str, computed: &str| {
        pair(t, (t.verify_hash_published(), hash), (t.verify_hash_of_file(), computed))
    };
    match refusal {
        Refusal::OtherDraw => view! { <p>{t.verify_other_draw()}</p> }.into_any(),
        Refusal::OtherSecret { computed } => published(&page.commitment, computed),
        Refusal::OtherWishes { computed } => {
            view! { {changed}{published(&page.wishes_hash, computed)} }.into_any()
        }
        Refusal::Proof(invalid) => match invalid {
            InvalidProof::Secret { computed, .. } => published(&page.commitment, &computed.to_string()),
            InvalidProof::Wishes { computed, .. } => {
                view! { {changed}{published(&page.wishes_hash, &computed.to_string())} }.into_any()
            }
            InvalidProof::Seed { stated, computed } => pair(
                t,
                (t.verify_hash_in_file(), &stated.to_string()),
                (t.verify_hash_of_file(), &computed.to_string()),
            ),
            other => view! { <p>{fault_text(t, other)}</p>{changed} }.into_any(),
        },
    }
}

fn changed_text(t: Lang, changed: &ChangedWish) -> String {
    match changed {
        ChangedWish::Value { wish, field, is, was } => t.verify_changed_wish(&wish.to_string(), field, is, was),
        ChangedWish::Added(wish) => t.verify_extra_wish(&wish.to_string()),
        ChangedWish::Missing(wish) => t.verify_missing_wish(&wish.to_string()),
    }
}

fn fault_text(t: Lang, invalid: &InvalidProof) -> String {
    match invalid {
        InvalidProof::TooLarge => t.verify_file_large().to_owned(),
        InvalidProof::NotJson { line, .. } => t.verify_file_json(&line.to_string()),
        InvalidProof::Truncated => t.verify_file_short().to_owned(),
        InvalidProof::NotAProof { .. } => t.verify_file_fields().to_owned(),
        InvalidProof::UnknownVersion(version) => t.verify_file_version(&version.to_string()),
        InvalidProof::NotAHash(field) => t.verify_file_hash(field),
        InvalidProof::Wish { wish, .. } => t.verify_file_wish(&wish.to_string()),
        InvalidProof::Input(_) => t.verify_file_input().to_owned(),
        InvalidProof::Turns(at) => t.verify_turn_differs(&at.to_string()),
        InvalidProof::Outcomes(at) => t.verify_outcome_differs(&at.to_string()),
        InvalidProof::NotCanonical(at) => t.verify_file_form(&at.to_string()),
        InvalidProof::Secret { .. } | InvalidProof::Wishes { .. } | InvalidProof::Seed { .. } => String::new(),
    }
}

/// Groups of eight digits.
fn groups(hash: &str) -> Vec<String> {
    super::in_words::grouped(hash).split(' ').map(ToOwned::to_owned).collect()
}

fn single(caption: &'static str, hash: &str) -> AnyView {
    let cells = groups(hash).into_iter().map(|group| view! { <li>{group}</li> });
    view! { <ul class="hash-pair"><li class="cap">{caption}</li>{cells.collect_view()}</ul> }.into_any()
}

/// Two hashes below each other; what differs in the second is marked.
fn pair(_: Lang, (first, one): (&'static str, &str), (second, other): (&'static str, &str)) -> AnyView {
    let (one, other) = (groups(one), groups(other));
    let above = one.iter().cloned().map(|group| view! { <li>{group}</li> });
    let below = other.into_iter().enumerate().map(|(n, group)| {
        if one.get(n) == Some(&group) {
            view! { <li>{group}</li> }.into_any()
        } else {
            view! { <li><mark>{group}</mark></li> }.into_any()
        }
    });
    view! {
        <ul class="hash-pair">
            <li class="cap">{first}</li>{above.collect_view()}
            <li class="cap">{second}</li>{below.collect_view()}
        </ul>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
#[expect(clippy::unwrap_used, reason = "a test fails by it")]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::{
        bookings::Resource,
        draws::{DrawInput, DrawWish, Entrant, Importance, Secret, WeekSpan, proof, run},
        id::{GroupId, RoomId, WishId},
    };

    fn published() -> ProofPage {
        let wish = |id: i64, importance: u8| DrawWish {
            id: WishId(id),
            entrant: Entrant::Group(GroupId(id)),
            resource: Resource::Room(RoomId(2)),
            span: WeekSpan::new(237_600, 248_400).unwrap(),
            importance: Importance::new(importance).unwrap(),
            order: 0,
        };
        let input = DrawInput::new(DrawId(7), vec![wish(1, 2), wish(2, 4)], []).unwrap();
        let secret = Secret::new([9; 32]);
        let result = run(&secret, &input);
        ProofPage {
            draw: DrawId(7),
            name: "Studios".into(),
            published: NOW,
            commitment: secret.commitment().to_string(),
            closed: NOW,
            wishes_hash: result.wishes_hash.to_string(),
            file: String::from_utf8(proof(&secret, &input, &result)).unwrap(),
        }
    }

    fn render(page: ProofPage, file: Option<Vec<u8>>) -> String {
        html(visitor(Lang::En), "/draws/7/verify", move || {
            let chosen = file.map(|bytes| Chosen { name: "draw-7 (1).json".into(), bytes: Some(bytes) });
            view! { <Page page=RwSignal::new(page) chosen=RwSignal::new(chosen)/> }
        })
    }

    #[test]
    fn published_file_is_right_in_six_steps() {
        let html = render(published(), None);
        let content = words(&html);
        assert!(content.contains("The draw is right") && content.contains("the same 1 won"), "{content}");
        assert!(!html.contains("data-k="), "{html}");
        assert!(content.contains("1 won, 1 did not."), "{content}");
    }

    #[test]
    fn changed_wish_is_named_and_later_steps_are_not_checked() {
        let changed = published().file.replacen("\"importance\":2", "\"importance\":5", 1);
        let html = render(published(), Some(changed.into_bytes()));
        let content = words(&html);
        assert!(content.contains("This file doesn’t match") && content.contains("draw-7 (1).json"), "{content}");
        assert!(content.contains("Stopped at step 3 of 6"), "{content}");
        assert!(content.contains("Wish 1: importance is 5, it was 2."), "{content}");
        assert_eq!((html.matches(r#"data-k="no""#).count(), html.matches(r#"data-k="skip""#).count()), (1, 3));
        assert!(html.contains("<mark>"), "{html}");
    }

    #[test]
    fn file_that_is_right_in_itself_but_was_not_published_is_refused() {
        let other = ProofPage { commitment: "0".repeat(64), ..published() };
        assert!(words(&render(other, None)).contains("The secret is another one"));
        let other = ProofPage { wishes_hash: "0".repeat(64), ..published() };
        assert!(words(&render(other, None)).contains("The wishes changed after closing"));
        let other = ProofPage { draw: DrawId(8), ..published() };
        assert!(words(&render(other, None)).contains("It is the file of another draw."));
        assert!(words(&render(published(), Some(b"{".to_vec()))).contains("It ends too early."));
    }
}
