//! Photos of machines and rooms, and the upload form for a picture of a person, a machine or a room. It posts to a route of its own,
//! because it carries a file, and returns to its page with an error code in the address if refused.

use super::{avatar::Avatar, icon::Icon};
use crate::lang;
use crate::ui::form::hidden;
use domain::pictures::{InvalidPicture, Subject};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The photo of a machine or a room, in a box of fixed size.
#[component]
pub fn Photo(src: String, name: String) -> impl IntoView {
    let alt = lang::current().machine_photo(&name);
    view! { <img class="photo" src=src alt=alt width="96" height="96" loading="lazy" decoding="async"/> }
}

/// The file field of an upload form, with the last error. `camera` is the one a phone opens.
pub fn choose(camera: Option<&'static str>) -> AnyView {
    let t = lang::current();
    let rejected =
        use_query_map().with_untracked(|query| query.get_str("picture").and_then(InvalidPicture::parse));
    let invalid = rejected.map(|_| "true");
    let described = if rejected.is_some() { "picture-problem" } else { "picture-hint" };
    view! {
        <div class="field">
            <label for="picture">{t.picture_choose()}</label>
            <input class="input" type="file" id="picture" name="picture" accept="image/jpeg,image/png,image/webp"
                capture=camera aria-invalid=invalid aria-describedby=described autofocus=rejected.is_some()/>
            <p class="hint" id="picture-hint">{t.picture_hint()}</p>
            <p class="error" id="picture-problem">
                {rejected.map(|rejected| view! { <Icon name="octagon-alert"/><span>{t.picture_invalid(rejected)}</span> })}
            </p>
        </div>
    }
    .into_any()
}

/// The current picture, and its upload form.
#[component]
pub fn PictureForm(
    subject: Subject,
    name: String,
    /// The current picture, if any.
    #[prop(optional_no_strip)]
    picture: Option<i64>,
    /// The page to return to.
    back: String,
) -> impl IntoView {
    let t = lang::current();
    let there = picture.map(|added| subject.src(added, false));
    view! {
        <section class="card" aria-labelledby="picture-head">
            <div class="card-head"><h2 id="picture-head">{t.picture_title()}</h2></div>
            {there.map(|src| match subject {
                Subject::Person(_) => view! { <p><Avatar name picture=Some(src)/></p> }.into_any(),
                Subject::Machine(_) | Subject::Room(_) | Subject::FloorPlan(_) => view! { <p><Photo src name/></p> }.into_any(),
            })}
            <form class="form" method="post" action=subject.path() enctype="multipart/form-data">
                {hidden("back", &back)}
                {choose(None)}
                <div class="btn-row"><button class="btn">{t.picture_send()}</button></div>
            </form>
            {picture.map(|_| view! {
                <form class="form" method="post" action=subject.path() enctype="multipart/form-data">
                    {hidden("back", &back)}
                    {hidden("remove", &"yes")}
                    <div class="btn-row"><button class="btn" data-kind="danger">{t.picture_remove()}</button></div>
                </form>
            })}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::PersonId;
    use text::Lang;

    fn form(address: &str, picture: Option<i64>) -> String {
        html(visitor(Lang::En), address, move || {
            let subject = Subject::Person(PersonId(7));
            view! { <PictureForm subject name="Ada".to_owned() picture back="/people/7/account".to_owned()/> }
        })
    }

    #[test]
    fn refused_picture_shows_error_at_field() {
        let html = form("/people/7/account?picture=picture.heavy", None);
        assert!(words(&html).contains("over 20 MB") && html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(html.contains("autofocus"), "whoever comes back is led there: {html}");
        assert!(!html.contains(r#"name="remove""#), "there is none to take away: {html}");
        assert!(
            !form("/people/7/account?picture=<b>", Some(3)).contains("aria-invalid"),
            "words of others say nothing"
        );
    }
}
