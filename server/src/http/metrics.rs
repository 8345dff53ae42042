//! `GET /metrics`: metrics for Prometheus, in its text format.
//!
//! **Invariants.** The counters of every noun come from `services::metrics`, those of HTTP and event streams from
//! here. A label is a word of a closed list, a status, the beginning of a route pattern or the id of a meter, so the
//! response does not grow with what clients try, and identifies no one. It is for programs on this machine, and for
//! tokens with the scope.
//!
//! Each noun's families are made by one function in [`families`]; those of the building are in [`building`].
//!
//! The crate `prometheus` writes the format, without its registry. The official `prometheus-client` writes only
//! `OpenMetrics`, which declares counters without `_total`, and `promtool check metrics` rejects that.

mod building;

use super::{Shared, headers::accepted_language, live, local::Local};
use api::{
    Refusal,
    admission::{Bearer, Peer},
};
use axum::{
    Extension,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::deliveries::ChannelCounts;
use domain::{actor::Actor, deliveries, tokens::Scope};
use prometheus::{
    CounterVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, TEXT_FORMAT, TextEncoder,
    core::Collector,
    proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType},
};
use services::{
    error::ServiceError,
    metrics::{self, Metrics, MetricsError},
    rate, tokens,
};
use std::net::{IpAddr, Ipv4Addr};
use text::Lang;
use tokio::time::Instant;

/// Path of the metrics.
pub const PATH: &str = "/metrics";

/// Label of unmatched routes and unknown methods.
const OTHER: &str = "other";
/// Bucket bounds in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Answered requests: a histogram by kind, and two counters by noun. There are hundreds of routes, and a series
/// for each with every method and status would be too many.
pub struct Requests {
    answered: IntCounterVec,
    took: HistogramVec,
    by_route: IntCounterVec,
    spent: CounterVec,
}

impl Default for Requests {
    fn default() -> Self {
        let answered = Opts::new("toolgate_http_requests_total", "HTTP requests that were answered.");
        let took = HistogramOpts::new(
            "toolgate_http_request_duration_seconds",
            "Time from the header of an HTTP request to that of its answer.",
        );
        let by_route = Opts::new(
            "toolgate_http_route_requests_total",
            "HTTP requests, by how the route begins that they took.",
        );
        let spent = Opts::new(
            "toolgate_http_route_seconds_total",
            "Time that answers took to begin, by how the route begins that their requests took.",
        );
        let made = || -> Result<Self, prometheus::Error> {
            Ok(Self {
                answered: IntCounterVec::new(answered, &["kind", "method", "status"])?,
                took: HistogramVec::new(took.buckets(BUCKETS.to_vec()), &["kind"])?,
                by_route: IntCounterVec::new(by_route, &["route"])?,
                spent: CounterVec::new(spent, &["route"])?,
            })
        };
        made().unwrap_or_else(|error| unreachable!("constant names: {error}"))
    }
}

/// Middleware: counts every request under the pattern of its route.
pub async fn observe(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = Instant::now();
    let answer = next.run(request).await;
    let route = route.as_ref().map_or(OTHER, MatchedPath::as_str);
    let (kind, route, took) = (kind(route), beginning(route), began.elapsed().as_secs_f64());
    let requests = &shared.0.requests;
    requests.took.with_label_values(&[kind]).observe(took);
    requests.answered.with_label_values(&[kind, method, answer.status().as_str()]).inc();
    requests.by_route.with_label_values(&[route]).inc();
    requests.spent.with_label_values(&[route]).inc_by(took);
    answer
}

/// Kind of a request: API, server function, event stream, or page.
fn kind(route: &str) -> &'static str {
    match route {
        OTHER => OTHER,
        "/live" => "live",
        _ if route.starts_with("/api/v1") => "api",
        _ if route.starts_with("/api/") => "call",
        _ => "page",
    }
}

/// `/machines/{id}/history` → `/machines`, `/api/people/edit` → `/api/people`, `/api/v1/cards/{id}` → `/api/v1/cards`.
fn beginning(route: &str) -> &str {
    let parts = match kind(route) {
        "api" => 3,
        "call" => 2,
        _ => 1,
    };
    route.match_indices('/').nth(parts).map_or(route, |(end, _)| &route[..end])
}

/// Clients may send any method.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

/// All metrics, for permitted readers.
pub async fn page(
    State(shared): State<Shared>,
    Local(is_local): Local,
    peer: Option<Extension<Peer>>,
    Extension(actor): Extension<Actor>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
) -> Response {
    let lang = accepted_language(&headers).unwrap_or_default();
    let from = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(peer)| peer.0);
    let read = async {
        let reader = if is_local && matches!(bearer, Bearer::None) {
            &Actor::TOOLGATE
        } else {
            rate::take(shared.ctx(), &actor, from, lang).1?;
            admit(&bearer, lang)?;
            &actor
        };
        metrics::read(shared.ctx(), reader).await.map_err(|error| error.problem(lang))
    };
    match read.await {
        Ok(metrics) => render(&shared, &metrics),
        Err(problem) => Refusal(problem).into_response(),
    }
}

/// Only a token with the scope admits, never a browser session.
fn admit(bearer: &Bearer, lang: Lang) -> Result<(), domain::problem::Problem> {
    match bearer {
        Bearer::Token { scopes } => tokens::require(Some(scopes), Some(Scope::MetricsRead), lang),
        Bearer::Refused => Err(tokens::refused(lang)),
        Bearer::Unavailable => Err(api::admission::unavailable(lang)),
        Bearer::None => Err(MetricsError::NoToken.problem(lang)),
    }
}

fn render(shared: &Shared, metrics: &Metrics) -> Response {
    let mut families = families(metrics, &shared.live_figures());
    families.extend(answers(shared));
    let Requests { answered, took, by_route, spent } = &shared.0.requests;
    families.extend([answered.collect(), took.collect(), by_route.collect(), spent.collect()].concat());
    // A metric that was never counted has no samples yet.
    families.retain(|family| !family.get_metric().is_empty());
    let mut text = String::new();
    if let Err(error) = TextEncoder::new().encode_utf8(&families, &mut text) {
        tracing::error!(%error, "the metrics could not be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = format!("{TEXT_FORMAT}; charset=utf-8");
    ([(header::CONTENT_TYPE, kind.as_str()), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

fn answers(shared: &Shared) -> [MetricFamily; 2] {
    let answers = &shared.0.answers;
    [
        gauge(
            "toolgate_http_answers_under_way",
            "Answers that are made or sent, but for event streams.",
            [(vec![], number(answers.under_way()))],
        ),
        gauge(
            "toolgate_http_answers_unread",
            "Answers of which a piece lies ready that its client has not taken.",
            [(vec![], number(answers.unread()))],
        ),
    ]
}

/// The families of every noun.
fn families(metrics: &Metrics, live: &live::Figures) -> Vec<MetricFamily> {
    [
        process(metrics),
        boards(metrics),
        access(metrics),
        passkeys(metrics),
        uses(metrics),
        outbox(metrics),
        building::families(&metrics.building),
        streams(metrics, live),
        writer(metrics),
    ]
    .concat()
}

fn process(metrics: &Metrics) -> Vec<MetricFamily> {
    #[expect(clippy::cast_precision_loss, reason = "exact for some 285,000 years")]
    let since = metrics.since.0 as f64 / 1_000.0;
    vec![
        gauge(
            "toolgate_build_info",
            "The version that runs; always 1.",
            [(vec![("version", metrics.version)], 1.0)],
        ),
        gauge("toolgate_start_time_seconds", "When the process began, in Unix time.", [(vec![], since)]),
    ]
}

fn boards(metrics: &Metrics) -> Vec<MetricFamily> {
    let messages = metrics.messages.iter().map(|(message, outcome, count)| {
        (vec![("message", message.as_str()), ("outcome", outcome.as_str())], *count)
    });
    let rejected = metrics.rejected.iter().map(|(reason, count)| (vec![("reason", *reason)], *count));
    vec![
        counter("toolgate_board_messages_total", "Messages of boards that were understood.", messages),
        counter("toolgate_board_messages_rejected_total", "Messages of boards that were not taken.", rejected),
        counter(
            "toolgate_board_replies_late_total",
            "Replies to boards that came too late to be sent.",
            [(vec![], metrics.late)],
        ),
        gauge(
            "toolgate_broker_connected",
            "Whether boards can be heard: 1 or 0.",
            [(vec![], f64::from(u8::from(metrics.broker)))],
        ),
    ]
}

fn access(metrics: &Metrics) -> Vec<MetricFamily> {
    let label = |outcome, reason| vec![("outcome", outcome), ("reason", reason)];
    let denied = metrics.denied.iter().map(|(reason, count)| (label("denied", *reason), *count));
    vec![counter(
        "toolgate_access_decisions_total",
        "Cards held to readers, by what was decided and its first reason.",
        std::iter::once((label("allowed", "none"), metrics.allowed)).chain(denied),
    )]
}

fn passkeys(metrics: &Metrics) -> Vec<MetricFamily> {
    let (accepted, refused) = metrics.passkeys;
    vec![counter(
        "toolgate_passkeys_total",
        "Passkeys that were used to sign in or as the second factor, by outcome.",
        [(vec![("outcome", "accepted")], accepted), (vec![("outcome", "refused")], refused)],
    )]
}

fn uses(metrics: &Metrics) -> Vec<MetricFamily> {
    let ended = metrics.ended.iter().map(|(ending, count)| (vec![("ending", ending.as_str())], *count));
    vec![
        counter("toolgate_uses_started_total", "Uses of machines that began.", [(vec![], metrics.started)]),
        counter(
            "toolgate_uses_ended_total",
            "Uses of machines that ended; lost and silent ones without a word of their board.",
            ended,
        ),
        gauge("toolgate_uses_running", "Uses of machines that go on.", [(vec![], number(metrics.running))]),
    ]
}

fn outbox(metrics: &Metrics) -> Vec<MetricFamily> {
    let attempts = metrics.attempts.iter();
    let attempts = attempts
        .map(|(channel, outcome, count)| (vec![("channel", channel.as_str()), ("outcome", *outcome)], *count));
    let depths = metrics.outbox.iter().flat_map(|&ChannelCounts { channel, queued, gathered, failed, .. }| {
        [
            (deliveries::State::Queued, queued),
            (deliveries::State::Gathered, gathered),
            (deliveries::State::Failed, failed),
        ]
        .map(|(state, count)| (vec![("channel", channel.as_str()), ("state", state.as_str())], f64::from(count)))
    });
    vec![
        gauge("toolgate_outbox_notices", "Notices that wait to leave, or were given up.", depths),
        counter(
            "toolgate_outbox_attempts_total",
            "Attempts to have notices leave, by whether they left, are tried again or were given up.",
            attempts,
        ),
    ]
}

fn streams(metrics: &Metrics, live: &live::Figures) -> Vec<MetricFamily> {
    let live::Figures { open, resynced, refused } = live;
    let open = [("person", open.people), ("display", open.displays), ("anonymous", open.anonymous)];
    vec![
        gauge(
            "toolgate_live_streams",
            "Event streams that are open, by whose they are.",
            open.map(|(viewer, count)| (vec![("viewer", viewer)], number(count))),
        ),
        counter(
            "toolgate_live_resyncs_total",
            "Event streams that were told to fetch everything: they read too slowly, or came back too late.",
            resynced.map(|(reason, count)| (vec![("reason", reason)], count)),
        ),
        counter(
            "toolgate_live_streams_refused_total",
            "Event streams beyond what one viewer or network may open, or all of them together.",
            refused.map(|(reason, count)| (vec![("reason", reason)], count)),
        ),
        counter("toolgate_live_hints_total", "Changes that open pages were told of.", [(vec![], metrics.hints)]),
    ]
}

fn writer(metrics: &Metrics) -> Vec<MetricFamily> {
    let writer = &metrics.writer;
    vec![
        counter("toolgate_db_writer_jobs_total", "Changes that were committed.", [(vec![], writer.jobs)]),
        counter(
            "toolgate_db_writer_commits_total",
            "Transactions, each of many changes.",
            [(vec![], writer.commits)],
        ),
        counter("toolgate_db_writer_failures_total", "Transactions that failed.", [(vec![], writer.failures)]),
        gauge("toolgate_db_writer_queue_length", "Changes that wait.", [(vec![], number(writer.waiting))]),
    ]
}

type Labels<'a> = Vec<(&'a str, &'a str)>;

fn counter<'a>(name: &str, help: &str, samples: impl IntoIterator<Item = (Labels<'a>, u64)>) -> MetricFamily {
    #[expect(clippy::cast_precision_loss, reason = "the format's numbers are such")]
    let samples = samples.into_iter().map(|(labels, value)| (labels, value as f64));
    total(name, help, samples)
}

/// A counter of something that comes in parts.
fn total<'a>(name: &str, help: &str, samples: impl IntoIterator<Item = (Labels<'a>, f64)>) -> MetricFamily {
    let metrics = samples.into_iter().map(|(labels, value)| {
        let mut counter = Counter::default();
        counter.set_value(value);
        let mut metric = labelled(&labels);
        metric.set_counter(counter);
        metric
    });
    family(name, help, MetricType::COUNTER, metrics.collect())
}

fn gauge<'a>(name: &str, help: &str, samples: impl IntoIterator<Item = (Labels<'a>, f64)>) -> MetricFamily {
    let metrics = samples.into_iter().map(|(labels, value)| {
        let mut gauge = Gauge::default();
        gauge.set_value(value);
        let mut metric = labelled(&labels);
        metric.set_gauge(gauge);
        metric
    });
    family(name, help, MetricType::GAUGE, metrics.collect())
}

fn labelled(labels: &Labels) -> Metric {
    let pairs = labels.iter().map(|(name, value)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value((*value).to_owned());
        pair
    });
    Metric::from_label(pairs.collect())
}

fn family(name: &str, help: &str, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

#[expect(clippy::cast_precision_loss, reason = "the format's numbers are such")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_grouped_by_noun() {
        for (route, of, about) in [
            ("/", "page", "/"),
            ("/machines/{id}", "page", "/machines"),
            ("/machines/{id}/history", "page", "/machines"),
            ("/api", "page", "/api"),
            ("/api/people/edit", "call", "/api/people"),
            ("/api/v1", "api", "/api/v1"),
            ("/api/v1/cards/{id}", "api", "/api/v1/cards"),
            ("/live", "live", "/live"),
            (OTHER, OTHER, OTHER),
        ] {
            assert_eq!((kind(route), beginning(route)), (of, about), "{route}");
        }
    }
}
