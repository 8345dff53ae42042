//! `/pictures/{kind}/{id}`: the picture of a person, of a machine, of a problem, of what was done, of a question or of a step of a
//! checkout, and the form that brings one; and the form that reports a problem with its photo. A form and not a server function, for a file is no text; whatever is wrong with it goes back to the page as a word in
//! its address. Of whoever may send none nothing is kept, not even where they came from: they read why on a page of its own.

use super::{
    Shared, pages,
    sent::{AROUND, Sent, pass_by},
};
use api::etag;
use app::{
    problems::report::FUNCTION,
    visitor::{Echo, Visitor},
};
use axum::{
    Extension,
    extract::{DefaultBodyLimit, Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use domain::{
    accounts::local_path,
    actor::Actor,
    id::{AppointmentId, CheckoutStepId, InterventionId, MachineId, QuestionId, ReportId},
    pictures::{BYTES, PHOTO_THERE, Subject, Unfit},
    problem::{Kind, Problem},
};
use services::error::ServiceError;
use services::{
    checkouts::{self, CheckoutsError, steps},
    maintenance::{self, MaintenanceError},
    pictures::{self, PicturesError},
    problems::{self, ProblemsError, TypedReport, ValidationError},
    training::{self, TrainingError},
};
use text::Lang;

/// Both verbs, for bodies larger than any other.
pub fn routes() -> MethodRouter<Shared> {
    get(show).post(receive).layer(DefaultBodyLimit::disable())
}

/// How much may be sent here.
pub const LIMIT: usize = BYTES + AROUND;

/// `GET`: the picture, for whoever may see whom it shows.
async fn show(
    State(shared): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Response {
    let small = query.is_some_and(|query| query.split('&').any(|word| word == "small"));
    let lang = visitor.lang;
    let ctx = &shared.0.ctx;
    let found = match (Photo::read(&kind, &id), Subject::read(&kind, &id)) {
        (Some(Photo::Problem(report)), _) => {
            problems::photo(ctx, &actor, report, small).await.map_err(|error| error.problem(lang))
        }
        (Some(Photo::Intervention(done)), _) => {
            maintenance::photo(ctx, &actor, done, small).await.map_err(|error| error.problem(lang))
        }
        (Some(Photo::Step(appointment, step)), _) => {
            let found = steps::photo(ctx, &actor, appointment, step, small).await;
            found.map_err(|error| error.problem(lang))
        }
        (Some(Photo::Question(question)), _) => {
            training::question_picture(ctx, &actor, question, small).await.map_err(|error| error.problem(lang))
        }
        (None, Some(subject)) => {
            pictures::get(ctx, &actor, subject, small).await.map_err(|error| error.problem(lang))
        }
        (None, None) => Err(PicturesError::Unknown.problem(lang)),
    };
    let picture = match found {
        Ok(picture) => picture,
        Err(problem) => return refused(&problem),
    };
    let tag = HeaderValue::from_str(&format!("\"{}\"", picture.added_at.0)).ok();
    let mut answer = if tag.as_ref().is_some_and(|tag| etag::is_known(&asked, tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "image/jpeg")], picture.body).into_response()
    };
    let headers = answer.headers_mut();
    // Whoever may not see it any more must not find it on the way.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.extend(tag.map(|tag| (header::ETAG, tag)));
    answer
}

/// `POST`: for whoever may change it, takes a picture in, or takes the one there is away, and goes back to the page.
async fn receive(
    State(shared): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let (asked, body) = request.into_parts();
    let request = Request::from_parts(asked.clone(), body);
    let came = match (Photo::read(&kind, &id), Subject::read(&kind, &id)) {
        (Some(Photo::Problem(report)), _) => of_problem(&shared, &actor, visitor.lang, report, request).await,
        (Some(Photo::Intervention(done)), _) => {
            of_intervention(&shared, &actor, visitor.lang, done, request).await
        }
        (Some(Photo::Step(appointment, step)), _) => {
            of_step(&shared, &actor, visitor.lang, (appointment, step), request).await
        }
        (Some(Photo::Question(question)), _) => {
            of_question(&shared, &actor, visitor.lang, question, request).await
        }
        (None, Some(subject)) => of_subject(&shared, &actor, visitor.lang, subject, request).await,
        (None, None) => {
            pass_by(request, LIMIT).await;
            Err(PicturesError::Unknown.problem(visitor.lang))
        }
    };
    match came {
        Ok(back) => Redirect::to(&back).into_response(),
        Err(problem) => pages::refused(&shared, asked, problem).await,
    }
}

/// Where a problem is reported, with its photo.
pub const REPORT: &str = "/machines/{id}/report/upload";

/// `POST`: keeps a report and its photo, and goes back to the page. The report stands whatever is wrong with the photo; one that
/// does not fit is shown again with what was typed, for which the page answers at this address too.
pub async fn report(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let (asked, body) = request.into_parts();
    let request = Request::from_parts(asked.clone(), body);
    let (ctx, lang) = (&shared.0.ctx, visitor.lang);
    if let Err(error) = problems::may_report(&actor) {
        pass_by(request, LIMIT).await;
        return pages::refused(&shared, asked, error.problem(lang)).await;
    }
    let sent = match Sent::read(&shared, &actor, request, LIMIT, "picture").await {
        Ok(sent) => sent,
        Err(error) => return pages::refused(&shared, asked, error.problem(lang)).await,
    };
    let machine = MachineId(id.parse().unwrap_or(0));
    let typed =
        |name| sent.part(name).map(|words| String::from_utf8_lossy(words).into_owned()).unwrap_or_default();
    let (severity, words) = (typed("severity"), typed("words"));
    let values = vec![("severity".to_owned(), severity.clone()), ("words".to_owned(), words.clone())];
    let report = match problems::report(ctx, &actor, machine, TypedReport { severity, words, photo: None }).await {
        Ok(report) => report,
        Err(error @ ProblemsError::Invalid(_)) => {
            let echo = Echo { function: FUNCTION.to_owned(), values, problem: error.problem(lang) };
            return pages::again(&shared, asked, echo).await;
        }
        Err(error) => return pages::refused(&shared, asked, error.problem(lang)).await,
    };
    let unfit = if sent.is_too_much {
        Some(Unfit::Heavy)
    } else if sent.is_broken {
        Some(Unfit::NoPicture)
    } else if sent.file.is_empty() {
        None
    } else {
        match problems::set_photo(ctx, &actor, report, sent.file).await {
            Ok(()) => None,
            Err(ProblemsError::Invalid(errors)) => Some(unfit_in(&errors)),
            Err(_) => Some(Unfit::NoPicture),
        }
    };
    let word = unfit.map(|unfit| format!("&picture={}", unfit.word())).unwrap_or_default();
    Redirect::to(&format!("/machines/{machine}/report?sent={report}{word}")).into_response()
}

/// What is wrong with the photo.
fn unfit_in(errors: &[ValidationError]) -> Unfit {
    let unfit =
        errors.iter().find_map(|flaw| if let ValidationError::Photo(unfit) = flaw { Some(*unfit) } else { None });
    unfit.unwrap_or(Unfit::NoPicture)
}

/// Where a form leads: back to its page, or nowhere, and why.
type Came = Result<String, Problem>;

/// Takes the picture of a person or a machine in, or away, and goes back to the page.
async fn of_subject(shared: &Shared, actor: &Actor, lang: Lang, subject: Subject, request: Request) -> Came {
    if let Err(error) = pictures::may_change(&shared.0.ctx, actor, subject).await {
        pass_by(request, LIMIT).await;
        return Err(error.problem(lang));
    }
    let sent = Sent::read(shared, actor, request, LIMIT, "picture").await.map_err(|error| error.problem(lang))?;
    let back = way_back(&sent);
    let done = if sent.part("remove").is_some() {
        pictures::remove(&shared.0.ctx, actor, subject).await
    } else if sent.is_too_much {
        Err(PicturesError::Unfit(Unfit::Heavy))
    } else {
        pictures::set(&shared.0.ctx, actor, subject, sent.file).await
    };
    match done {
        Ok(()) => Ok(back),
        Err(PicturesError::Unfit(unfit)) => Ok(format!("{back}?picture={}", unfit.word())),
        Err(error) => Err(error.problem(lang)),
    }
}

/// What a photo at an address shows, where it is neither a person nor a machine.
#[derive(Clone, Copy)]
enum Photo {
    Problem(ReportId),
    Intervention(InterventionId),
    Question(QuestionId),
    /// Of a step of a checkout, `7-12`.
    Step(AppointmentId, CheckoutStepId),
}

impl Photo {
    fn read(kind: &str, id: &str) -> Option<Self> {
        if kind == "checkout" {
            let (appointment, step) = id.split_once('-')?;
            return Some(Self::Step(AppointmentId(appointment.parse().ok()?), CheckoutStepId(step.parse().ok()?)));
        }
        let id = id.parse().ok()?;
        match kind {
            "problem" => Some(Self::Problem(ReportId(id))),
            "intervention" => Some(Self::Intervention(InterventionId(id))),
            "question" => Some(Self::Question(QuestionId(id))),
            _ => None,
        }
    }
}

/// Takes the photo of a problem in, and goes back to where it was reported.
async fn of_problem(shared: &Shared, actor: &Actor, lang: Lang, report: ReportId, request: Request) -> Came {
    if let Err(error) = problems::may_set_photo(&shared.0.ctx, actor, report).await {
        pass_by(request, LIMIT).await;
        return Err(error.problem(lang));
    }
    let sent = Sent::read(shared, actor, request, LIMIT, "picture").await.map_err(|error| error.problem(lang))?;
    let back = way_back(&sent);
    let done = if sent.is_too_much {
        Err(ProblemsError::Invalid(vec![ValidationError::Photo(Unfit::Heavy)]))
    } else {
        problems::set_photo(&shared.0.ctx, actor, report, sent.file).await
    };
    let back = format!("{back}?sent={report}");
    match done {
        Ok(()) => Ok(back),
        Err(ProblemsError::Invalid(errors)) => Ok(format!("{back}&picture={}", unfit_in(&errors).word())),
        Err(error) => Err(error.problem(lang)),
    }
}

/// Takes the photo of what was done in, or away, and goes back to the machine's maintenance.
async fn of_intervention(
    shared: &Shared,
    actor: &Actor,
    lang: Lang,
    intervention: InterventionId,
    request: Request,
) -> Came {
    if let Err(error) = maintenance::may_add_photo(&shared.0.ctx, actor, intervention).await {
        pass_by(request, LIMIT).await;
        return Err(error.problem(lang));
    }
    let sent = Sent::read(shared, actor, request, LIMIT, "picture").await.map_err(|error| error.problem(lang))?;
    let back = way_back(&sent);
    let done = if sent.part("remove").is_some() {
        maintenance::remove_photo(&shared.0.ctx, actor, intervention).await
    } else if sent.is_too_much {
        Err(MaintenanceError::Invalid(vec![maintenance::ValidationError::Photo(Unfit::Heavy)]))
    } else {
        maintenance::add_photo(&shared.0.ctx, actor, intervention, sent.file).await
    };
    let word = match done {
        Ok(()) => return Ok(back),
        Err(MaintenanceError::Invalid(errors)) => {
            let unfit = errors.iter().find_map(|flaw| match flaw {
                maintenance::ValidationError::Photo(unfit) => Some(*unfit),
                _ => None,
            });
            unfit.unwrap_or(Unfit::NoPicture).word()
        }
        Err(MaintenanceError::PhotoThere) => PHOTO_THERE,
        Err(error) => return Err(error.problem(lang)),
    };
    Ok(format!("{back}?photo={intervention}&picture={word}#photo"))
}

/// Takes the photo of a step of a checkout in, or away, and goes back to that step.
async fn of_step(
    shared: &Shared,
    actor: &Actor,
    lang: Lang,
    (appointment, step): (AppointmentId, CheckoutStepId),
    request: Request,
) -> Came {
    if let Err(error) = steps::may_set_photo(&shared.0.ctx, actor, appointment).await {
        pass_by(request, LIMIT).await;
        return Err(error.problem(lang));
    }
    let sent = Sent::read(shared, actor, request, LIMIT, "picture").await.map_err(|error| error.problem(lang))?;
    let done = if sent.part("remove").is_some() {
        steps::remove_photo(&shared.0.ctx, actor, appointment, step).await
    } else if sent.is_too_much {
        Err(CheckoutsError::Invalid(vec![checkouts::ValidationError::Photo(Unfit::Heavy)]))
    } else {
        steps::set_photo(&shared.0.ctx, actor, appointment, step, sent.file).await
    };
    let unfit = match done {
        Ok(()) => return Ok(format!("/checkouts/{appointment}#step-{step}")),
        Err(CheckoutsError::Invalid(errors)) => errors.into_iter().find_map(|flaw| match flaw {
            checkouts::ValidationError::Photo(unfit) => Some(unfit),
            _ => None,
        }),
        Err(error) => return Err(error.problem(lang)),
    };
    let word = unfit.unwrap_or(Unfit::NoPicture).word();
    Ok(format!("/checkouts/{appointment}?step={step}&picture={word}#step-{step}"))
}

/// Takes the picture of a question in, or away, and goes back to where it is written.
async fn of_question(shared: &Shared, actor: &Actor, lang: Lang, question: QuestionId, request: Request) -> Came {
    if let Err(error) = training::may_set_picture(actor) {
        pass_by(request, LIMIT).await;
        return Err(error.problem(lang));
    }
    let sent = Sent::read(shared, actor, request, LIMIT, "picture").await.map_err(|error| error.problem(lang))?;
    let back = way_back(&sent);
    let done = if sent.part("remove").is_some() {
        training::remove_picture(&shared.0.ctx, actor, question).await
    } else if sent.is_too_much {
        Err(TrainingError::Invalid(vec![training::ValidationError::Picture(Unfit::Heavy)]))
    } else {
        training::set_picture(&shared.0.ctx, actor, question, sent.file).await
    };
    let unfit = match done {
        Ok(module) => return Ok(format!("/modules/{module}?question={question}#write")),
        Err(TrainingError::Invalid(errors)) => errors.into_iter().find_map(|flaw| match flaw {
            training::ValidationError::Picture(unfit) => Some(unfit),
            _ => None,
        }),
        Err(error) => return Err(error.problem(lang)),
    };
    let word = unfit.unwrap_or(Unfit::NoPicture).word();
    Ok(format!("{back}?question={question}&picture={word}#write"))
}

/// The page that a form came from.
fn way_back(sent: &Sent) -> String {
    let back = sent.part("back").map(|back| String::from_utf8_lossy(back)).unwrap_or_default();
    local_path(&back).unwrap_or("/").to_owned()
}

fn refused(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    match problem.kind {
        Kind::SignIn => (status, [(header::CACHE_CONTROL, "no-store")], problem.detail.clone()).into_response(),
        _ => (status, problem.detail.clone()).into_response(),
    }
}
