//! Linking one's account to one's account in the user directory. Both passwords prove that both are theirs.

use super::{Back, done, mine, own_account};
use crate::{
    call::Call,
    lang,
    sign_in::doorway::Whose,
    ui::{
        banner::{Banner, Tone},
        button::{Kind, Submit},
        form::{Field, Form},
        password::Password,
        skeleton::SkeletonList,
    },
    user_directory::api::LinkDirectory,
};
use contract::accounts::Account;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/me/directory`.
pub fn own_directory_page() -> AnyView {
    let (account, is_linked, t) = (own_account(), done("linked"), lang::current());
    view! {
        <Title text=t.directory_mine_title()/>
        <Back/>
        <header class="page-head"><h1>{t.directory_mine_title()}</h1><p class="sub">{t.directory_mine_sub()}</p></header>
        {is_linked.then(|| view! {
            <div role="status">
                <Banner tone=Tone::Go icon="circle-check" title=t.directory_mine_linked().to_owned()>""</Banner>
            </div>
        })}
        <Transition fallback=|| view! { <SkeletonList rows=2/> }>
            {mine(account, |account| view! { <Link account/> }.into_any())}
        </Transition>
    }
    .into_any()
}

#[component]
fn Link(account: Account) -> impl IntoView {
    let t = lang::current();
    let link = Call::<LinkDirectory>::new();
    view! {
        <div class="card">
            <Form action=link reload=true>
                <Whose email=account.email/>
                <Password name="current_password" label=t.me_password_old() autocomplete="current-password"/>
                <Field name="login" label=t.directory_mine_login() autocomplete="off"/>
                <Password name="password" label=t.directory_mine_password() autocomplete="off"/>
                <Submit label=t.directory_mine_link() kind=Kind::Primary/>
            </Form>
        </div>
    }
}
