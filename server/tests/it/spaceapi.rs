//! The status of the space as other sites read it: SpaceAPI, and the page for a frame.

use crate::roles::Space;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use serde_json::Value;
use services::mail::{Post, arrange};

/// Always open, with a name that is no markup.
const PUBLISHED: &str = "
    INSERT INTO setting (scope, scope_id, key, value) VALUES
        ('space', 0, 'space.name', '<b>Attic</b> & \"Cellar\"'), ('space', 0, 'space.contact', 'lab@lab.example'),
        ('space', 0, 'space.zone', 'Europe/Rome');
    INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES
        ('space', 0, 0, 0, 1440), ('space', 0, 1, 0, 1440), ('space', 0, 2, 0, 1440), ('space', 0, 3, 0, 1440),
        ('space', 0, 4, 0, 1440), ('space', 0, 5, 0, 1440), ('space', 0, 6, 0, 1440);";

async fn open(role: char, person: Option<i64>) -> Space {
    let space = Space::open_with(role, person, PUBLISHED.to_owned()).await;
    arrange(&space.ctx, Post { site: Some("https://attic.example".into()), ..Post::default() });
    space
}

async fn ask(space: &Space, method: Method, path: &str, more: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    space.reset().await;
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let answer = space.send(request.body(Body::empty()).unwrap()).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn spaceapi_is_read_by_scripts_of_other_sites_and_cached() {
    let space = open('x', None).await;
    let other = ("origin", "https://directory.example");
    let (status, head, body) = ask(&space, Method::GET, "/spaceapi.json", &[other]).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(
        (&head["access-control-allow-origin"], &head["content-type"]),
        (&"*".parse().unwrap(), &"application/json".parse().unwrap())
    );
    assert_eq!(head["cache-control"], "public, max-age=60");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["api_compatibility"][0], "15");
    assert_eq!(document["space"], "<b>Attic</b> & \"Cellar\"");
    assert_eq!((&document["state"]["open"], &document["url"]), (&true.into(), &"https://attic.example/".into()));

    let tag = head["etag"].to_str().unwrap().to_owned();
    let again = ask(&space, Method::GET, "/spaceapi.json", &[other, ("if-none-match", &tag)]).await;
    assert_eq!((again.0, again.2.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let (status, head, body) = ask(&space, Method::HEAD, "/spaceapi.json", &[other]).await;
    assert_eq!(
        (status, body.as_str(), &head["access-control-allow-origin"]),
        (StatusCode::OK, "", &"*".parse().unwrap())
    );
    let (status, head, _) =
        ask(&space, Method::OPTIONS, "/spaceapi.json", &[other, ("access-control-request-method", "GET")]).await;
    assert_eq!((status, &head["access-control-allow-origin"]), (StatusCode::NO_CONTENT, &"*".parse().unwrap()));
    assert!(head["access-control-allow-methods"].to_str().unwrap().contains("GET"));
    let (status, ..) = ask(&space, Method::POST, "/spaceapi.json", &[]).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn manager_reads_the_same_document_as_a_visitor() {
    let mut all = Vec::new();
    for (role, person) in [('x', None), ('g', Some(7))] {
        let space = open(role, person).await;
        let (status, _, body) = ask(&space, Method::GET, "/spaceapi.json", &[]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let mut document: Value = serde_json::from_str(&body).unwrap();
        document["state"].as_object_mut().unwrap().remove("lastchange");
        all.push(document);
    }
    assert_eq!(all[0], all[1]);
}

#[tokio::test]
async fn spaceapi_that_is_off_answers_with_a_problem() {
    let space = Space::open('x', None).await;
    let (status, head, body) = ask(&space, Method::GET, "/spaceapi.json", &[("accept-language", "it")]).await;
    assert_eq!(
        (status, &head["content-type"]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().unwrap())
    );
    assert_eq!(head["access-control-allow-origin"], "*", "so that a script can tell why");
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["code"], "spaceapi.no-contact");
    assert!(problem["detail"].as_str().unwrap().contains("e-mail di contatto"), "{problem}");
}

#[tokio::test]
async fn status_page_is_small_and_may_be_framed() {
    let space = open('x', None).await;
    let (status, head, html) =
        ask(&space, Method::GET, "/space/embed?lang=it", &[("accept-language", "en")]).await;
    assert_eq!(status, StatusCode::OK, "{html}");
    assert_eq!(
        (&head["content-language"], &head["cache-control"]),
        (&"it".parse().unwrap(), &"public, max-age=60".parse().unwrap())
    );
    let policy = head["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!head.contains_key("x-frame-options") && html.len() <= 10_000, "{} bytes", html.len());
    for part in [
        r#"lang="it""#,
        r#"<meta http-equiv="refresh" content="60">"#,
        "Aperto",
        "&lt;b&gt;Attic&lt;/b&gt; &amp; &quot;Cellar&quot;",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("<b>Attic"), "{html}");
    let (_, head, html) = ask(&space, Method::GET, "/space/embed", &[("accept-language", "en")]).await;
    assert_eq!((&head["content-language"], html.contains("Open<")), (&"en".parse().unwrap(), true), "{html}");
    let (_, head, _) = ask(&space, Method::GET, "/sign-in", &[]).await;
    let policy = head[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!policy.contains("frame-ancestors *"), "other pages: {policy}");
}

#[tokio::test]
async fn private_space_has_no_status_page() {
    let space = open('n', None).await;
    for path in ["/space/embed", "/spaceapi.json"] {
        let (status, _, body) = ask(&space, Method::GET, path, &[]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(!body.contains("Attic"), "{path}: {body}");
    }
}
