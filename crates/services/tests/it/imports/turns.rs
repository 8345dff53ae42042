//! Previews of lists in turn.

use super::*;
use futures::future::join_all;

/// One that is planned, and the most that wait.
const SERVED: usize = 17;

#[tokio::test]
async fn previews_of_one_person_beyond_those_that_wait_are_refused() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let previews = (0..SERVED + 5).map(|_| preview(&lab.ctx, &ken, &token, LineQuery::default()));
    let (served, refused): (Vec<_>, Vec<_>) = join_all(previews).await.into_iter().partition(Result::is_ok);
    assert_eq!((served.len(), refused.len()), (SERVED, 5));
    let problem = refused.into_iter().find_map(Result::err).unwrap().problem(Lang::En);
    assert_eq!((problem.code.as_str(), problem.kind), ("rate.busy", Kind::Unavailable));
    run(&lab, &ken, &token).await;
}
