//! SpaceAPI and the status for other sites: off until the space publishes itself, and never more than a visitor sees.

use crate::lab::{Lab, bookings::set};
use domain::problem::Kind;
use serde_json::Value;
use services::{
    error::ServiceError,
    mail::{self, Post},
    publication::PublicationError,
    space_status,
    spaceapi::{self, SpaceApiError},
};
use text::Lang;

/// The lab at an address, open all Friday, which it is.
async fn open(settings: &[(&'static str, &'static str)]) -> Lab {
    let lab = Lab::open().await;
    for &(key, value) in settings {
        set(&lab, key, value).await;
    }
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 0, 1440)",
    )
    .await;
    let lab = lab.reopen().await;
    mail::arrange(&lab.ctx, Post { site: Some("https://attic.example".into()), ..Post::default() });
    lab
}

async fn document(lab: &Lab) -> Result<Value, SpaceApiError> {
    spaceapi::read(&lab.ctx).await
}

#[tokio::test]
async fn document_is_off_until_a_contact_is_published() {
    let lab = open(&[]).await;
    let refused = document(&lab).await.unwrap_err();
    assert!(matches!(refused, SpaceApiError::Unpublished(PublicationError::NoContact)), "{refused:?}");
    let problem = refused.problem(Lang::En);
    assert_eq!((problem.kind, problem.code.as_str()), (Kind::NotFound, "spaceapi.no-contact"));
    assert!(problem.detail.contains("contact e-mail"), "{problem:?}");
    let lab = open(&[("space.contact", "no address")]).await;
    assert!(document(&lab).await.is_err(), "a value that is no address publishes nothing");
}

#[tokio::test]
async fn private_space_publishes_nothing() {
    let lab = open(&[("space.contact", "lab@lab.example"), ("space.public-status", "no")]).await;
    let refused = document(&lab).await.unwrap_err();
    assert!(matches!(refused, SpaceApiError::Unpublished(PublicationError::NotPublic)), "{refused:?}");
    assert_eq!(space_status::published(&lab.ctx).await.unwrap(), None);
}

#[tokio::test]
async fn site_without_an_address_needs_website_and_logo() {
    let lab = open(&[("space.contact", "lab@lab.example")]).await;
    mail::arrange(&lab.ctx, Post::default());
    let refused = document(&lab).await.unwrap_err();
    assert!(matches!(refused, SpaceApiError::Unpublished(PublicationError::NoAddress)), "{refused:?}");
    let own = [
        ("space.contact", "lab@lab.example"),
        ("space.website", "https://talvera.example/"),
        ("space.logo", "https://talvera.example/logo.png"),
    ];
    let lab = open(&own).await;
    mail::arrange(&lab.ctx, Post::default());
    let found = document(&lab).await.unwrap();
    assert_eq!((&found["url"], &found["logo"]), (&own[1].1.into(), &own[2].1.into()));
    assert_eq!(found.get("feeds"), None, "{found}");
}

#[tokio::test]
async fn document_shows_settings_and_opening_hours_but_no_person() {
    let lab = open(&[("space.contact", "lab@lab.example"), ("space.name", "Attic"), ("space.zone", "UTC")]).await;
    let found = document(&lab).await.unwrap();
    assert_eq!((&found["space"], &found["state"]["open"]), (&"Attic".into(), &true.into()), "{found}");
    assert_eq!(found["logo"], "https://attic.example/icon-512.png");
    for hidden in ["Ada", "Bob", "people_now_present"] {
        assert!(!found.to_string().contains(hidden), "{hidden}: {found}");
    }
}
