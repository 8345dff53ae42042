//! Linking one's account here to one's account in the directory.

use super::api::LinkDirectory;
use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind as Press, Submit},
        form::{Field, Form},
        password::Password,
        register::is_done,
        saved::Saved,
    },
};
use leptos::prelude::*;

/// The page at `/me/directory`.
pub fn own_directory_page() -> AnyView {
    let t = lang::current();
    let link = Call::<LinkDirectory>::new();
    view! {
        <header class="page-head"><h1>{t.directory_mine_title()}</h1><p class="sub">{t.directory_mine_sub()}</p></header>
        <Saved visible=is_done() message=t.directory_mine_linked()/>
        <section class="card">
            <Form action=link afresh=true>
                <Password name="current_password" label=t.me_password_old() autocomplete="current-password"/>
                <Field name="login" label=t.directory_mine_login() autocomplete="off"/>
                <Password name="password" label=t.directory_mine_password() autocomplete="off"/>
                <div class="btn-row"><Submit label=t.directory_mine_link() kind=Press::Primary busy=link.pending()/></div>
            </Form>
        </section>
    }
    .into_any()
}
