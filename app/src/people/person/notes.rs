//! Managers' notes about a person: listed, added, edited one at a time, deleted and restored.

use crate::{
    call::Call,
    clock::use_clock,
    lang,
    people::api::{DeleteNote, RewriteNote, WriteNote},
    ui::{
        answered::answered,
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
        text_area::TextArea,
        toast::{Toast, Undo, refusals, undo_field},
        versions::{VERSION, Versioned, Versions},
    },
};
use contract::people::{NoteDeleted, NoteView};
use domain::id::{NoteId, PersonId};
use leptos::prelude::*;
use text::Lang;

/// The calls that change notes.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoteCalls {
    write: Call<WriteNote>,
    rewrite: Call<RewriteNote>,
    pub(super) delete: Call<DeleteNote>,
}

impl NoteCalls {
    pub(super) fn new() -> Self {
        Self { write: Call::new(), rewrite: Call::new(), delete: Call::new() }
    }

    pub(super) fn version(self) -> usize {
        self.write.version().get() + self.rewrite.version().get() + self.delete.version().get()
    }
}

/// The notes with their forms.
#[component]
pub(super) fn Notes(
    person: PersonId,
    notes: Memo<Option<Vec<NoteView>>>,
    /// The note being edited.
    note: Memo<Option<NoteId>>,
    calls: NoteCalls,
) -> impl IntoView {
    let t = lang::current();
    let there = move |id: NoteId| notes.with(|notes| notes.iter().flatten().find(|note| note.id == id).cloned());
    // Follows which note it is, not its text: input must survive a concurrent save.
    let rewritten = Memo::new(move |_| note.get().filter(|&id| there(id).is_some()));
    view! {
        <section class="group" aria-labelledby="notes">
            <h2 class="group-head" id="notes">{t.notes_title()}</h2>
            <p class="small muted">{t.notes_lead()}</p>
            {dynamic(move || {
                let (notes, now) = (notes.get().unwrap_or_default(), use_clock().now_once());
                Some(if notes.is_empty() {
                    view! { <p class="muted">{t.notes_none()}</p> }.into_any()
                } else {
                    view! { <ul class="list notes">{notes.into_iter().map(|note| row(person, note, t, now)).collect_view()}</ul> }.into_any()
                })
            })}
            {dynamic(move || Some(match rewritten.get() {
                Some(id) => {
                    // Starts with the current text; a concurrent save later leads to a choice.
                    let (body, version) = untrack(|| there(id)).map(|note| (note.body, note.version)).unwrap_or_default();
                    // The version of the note as displayed, which follows concurrent saves.
                    let newest = move || there(id).map_or(version, |note| note.version).to_string();
                    view! {
                        <Versions action=calls.rewrite fields=vec![Versioned::plain("note", t.note_edit())]/>
                        <div class="card">
                            <Form action=calls.rewrite>
                                {hidden("person", &person)}
                                {hidden("id", &id)}
                                {hidden(VERSION, &version)}
                                <TextArea name="note" label=t.note_edit() value=body/>
                                <div class="btn-row">
                                    <Submit label=t.note_save() kind=Kind::Primary busy=calls.rewrite.pending()/>
                                    <ButtonLink href=format!("/people/{person}") label=t.form_cancel() kind=Kind::Ghost/>
                                </div>
                            </Form>
                            <Form action=calls.delete>
                                {hidden("id", &id)}
                                {hidden("person", &person)}
                                <input type="hidden" name=VERSION value=newest/>
                                <div class="btn-row"><Submit label=t.note_delete() kind=Kind::Danger busy=calls.delete.pending()/></div>
                            </Form>
                        </div>
                    }.into_any()
                }
                None => view! {
                    <div class="card">
                        <Form action=calls.write afresh=true>
                            {hidden("person", &person)}
                            <TextArea name="note" label=t.note_label() value=String::new()/>
                            <div class="btn-row"><Submit label=t.note_add() busy=calls.write.pending()/></div>
                        </Form>
                    </div>
                }.into_any(),
            }))}
        </section>
    }
}

/// The last deleted or restored note, with undo.
#[component]
pub(super) fn Deleted(delete: Call<DeleteNote>) -> impl IntoView {
    let t = lang::current();
    let last = answered(delete);
    let message = Signal::derive(move || {
        last.get().map(|NoteDeleted { back, .. }| if back { t.note_back() } else { t.note_deleted() }.to_owned())
    });
    let undo: Undo = Box::new(move || {
        let NoteDeleted { id, person, .. } = last.get_untracked().filter(|last| !last.back)?;
        Some(
            view! {
                <Form action=delete>
                    {hidden("id", &id)}
                    {hidden("person", &person)}
                    {hidden("back", &"yes")}
                    {undo_field()}
                    <Submit label=t.undo() about=t.note_the().to_owned() kind=Kind::Ghost busy=delete.pending()/>
                </Form>
            }
            .into_any(),
        )
    });
    view! { <Toast message undo refused=vec![refusals(delete)]/> }
}

fn row(person: PersonId, note: NoteView, t: Lang, now: domain::time::Moment) -> impl IntoView {
    let by = note.by.unwrap_or_else(|| t.note_former().to_owned());
    let mut about = vec![t.note_by(&by, &t.brief(note.written, now))];
    about.extend(note.edited.map(|at| t.note_edited(&t.brief(at, now))));
    view! {
        <li><div class="item">
            <span class="tile"><Icon name="scroll-text"/></span>
            <span class="lines"><span class="t note">{note.body}</span><span class="s">{about.join(" · ")}</span></span>
            <a class="btn" data-kind="ghost" href=format!("/people/{person}?note={}", note.id) data-noscroll>{t.note_edit()}</a>
        </div></li>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, sent, visitor, words},
        visitor::{Answer, Echo, Visitor},
    };
    use domain::problem::{Kind as Refusal, Problem};
    use leptos::server_fn::ServerFn;

    fn answered_with(last: &NoteDeleted) -> String {
        let answer = Some(Answer { function: "/api/people/note-delete".into(), text: sent(last) });
        html(Visitor { answer, ..visitor(Lang::En) }, "/people/7", || view! { <Deleted delete=Call::new()/> })
    }

    #[test]
    fn deleted_note_offers_undo_and_restored_note_does_not() {
        let html = answered_with(&NoteDeleted { id: NoteId(9), person: PersonId(7), back: false });
        assert!(words(&html).contains("The note is deleted."), "{html}");
        assert!(html.contains(r#"action="?/people/note-delete""#), "the same form without script: {html}");
        assert!(html.contains(r#"name="id" value="9""#) && html.contains(r#"name="back" value="yes""#), "{html}");
        assert!(
            html.contains(r#"name="person" value="7""#),
            "the number alone may be another note's by now: {html}"
        );
        let html = answered_with(&NoteDeleted { id: NoteId(9), person: PersonId(7), back: true });
        assert!(words(&html).contains("The note is back.") && !html.contains("<form"), "{html}");
    }

    #[test]
    fn late_note_undo_shows_refusal() {
        let values = [("id", "9"), ("person", "7"), ("back", "yes"), ("undo", "yes")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let problem = Problem::new("note.too-late", Refusal::Conflict, Lang::En.note_too_late());
        let echo = Some(Echo { function: DeleteNote::PATH.into(), values, problem });
        let html =
            html(Visitor { echo, ..visitor(Lang::En) }, "/people/7", || view! { <Deleted delete=Call::new()/> });
        assert!(words(&html).contains("can’t be undone any more") && !html.contains("<form"), "{html}");
    }
}
