//! Secrets that are shown once: never in debug output.

use contract::{
    boards::NewBoardLogin,
    tokens::TokenMade,
    webhooks::{EndpointAddress, SigningSecret},
};
use domain::{id::BoardLoginId, outgoing::Address};

#[test]
fn debug_output_of_a_board_login_hides_the_password() {
    let (id, name, user) = (BoardLoginId(1), String::new(), "m11-abcd".to_owned());
    let made = NewBoardLogin { id, name, number: 11, user, password: "secret".into() };
    assert!(!format!("{made:?}").contains("secret"));
}

#[test]
fn debug_output_of_a_webhook_hides_address_and_secret() {
    let address = EndpointAddress(Address::parse("https://hooks.example/in?key=hunter2").unwrap());
    let secret = SigningSecret("whsec_hunter2".into());
    assert!(!format!("{address:?} {secret:?}").contains("hunter2"));
}

#[test]
fn debug_output_of_a_new_token_hides_it() {
    let made = TokenMade { name: "Backup".into(), token: "tg_secret".into() };
    assert!(!format!("{made:?}").contains("secret"));
}
