//! Signing in by a passkey.

use super::doorway::Carried;
use crate::{
    call::Call,
    lang,
    problem::AppError,
    ui::{button::Kind, passkey::PasskeyForm},
};
use leptos::prelude::*;

/// Signs in by the answer of a passkey and redirects to the requested page.
#[server(name = EnterByPasskey, endpoint = "sign-in/passkey", protocol = crate::call::Wire)]
pub async fn enter_by_passkey(
    #[server(default)] ceremony: String,
    #[server(default)] answer: String,
    /// Where to go then.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let ceremony = services::token::Token::presented(&ceremony);
    let opened = services::passkeys::sign_in(&ctx, client.origin(), &client.device, &ceremony, &answer).await;
    super::api::let_in(&opened?, &to);
    Ok(())
}

/// The button; browsers also offer passkeys in the field for the address.
#[component]
pub fn PasskeyEntrance(to: String, #[prop(optional)] kind: Kind) -> impl IntoView {
    let enter = Call::<EnterByPasskey>::new();
    view! {
        <PasskeyForm action=enter ceremony="sign-in" label=lang::current().passkey_sign_in() kind>
            <Carried name="to" value=to/>
        </PasskeyForm>
    }
}
