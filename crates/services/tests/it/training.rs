//! Training: credit, quizzes, requirements, and permissions.

use crate::lab;
mod captions;
mod films;
mod lengths;
mod next_step;
mod order;
mod question_pictures;
mod requirements;

use crate::lab::{LASER, Lab, ada, bob, seconds};
use contract::{
    machines::TypeRequirements,
    training::{Credit, PathView, Quizzing},
};
use domain::{
    access::{Decision, Reason},
    actor::Actor,
    id::{AnswerId, EditionId, MachineId, ModuleId, PersonId, QuestionId, QuizId, TypeId},
    jobs::Job,
    qualifications::Subject,
    time::DAY,
    training::THRESHOLD,
    training::quiz::QuestionKind,
    training::{
        path::{Progress, Task},
        watching::{Report, Span},
    },
};
use services::{
    access::{answers, check},
    jobs, machines,
    training::{
        self, DescribeModule, QuestionForm, ShowVideo, TrainingError, ValidationError, add, add_question, answer,
        begin, candidates, change_question, hand_in, learn, module, publish, quiz, ready_for_checkout, redo_day,
        report, require, save, set_video, sheet,
    },
    uploads,
};

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const LASERS: TypeId = TypeId(3);
const VIDEO: EditionId = EditionId(1);

const fn span(from: u32, to: u32) -> Span {
    Span { from: from * 1000, to: to * 1000 }
}

/// Zoe (4) manages; one module of two minutes, with a quiz of `questions`, is required on lasers.
async fn lab(questions: usize) -> (Lab, Actor, ModuleId) {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0); INSERT INTO profile (person_id, name) VALUES (4, 'Max')")
        .await;
    lab.grant(4, 1, "owner").await;
    let max = lab.signed_in(4).await;
    let input = DescribeModule::from_form("Clamping", "Hold it **tight**", "");
    let id = add(&lab.ctx, &max, input).await.unwrap();
    let video = ShowVideo::from_form("dQw4w9WgXcQ", "2:00");
    set_video(&lab.ctx, &lab.administrator().await, id, video).await.unwrap();
    for n in 0..questions {
        add_question(&lab.ctx, &max, id, &question(&n.to_string())).await.unwrap();
    }
    publish(&lab.ctx, &max, id, None).await.unwrap();
    // Required from the beginning: nobody gets two weeks of grace.
    lab.sql("INSERT INTO training_requirement (type_id, module_id, threshold) VALUES (3, 1, 90)").await;
    require(&lab.ctx, &max, Some(Subject::Type(TypeId(3))), Some(id), Some(THRESHOLD)).await.unwrap();
    (lab, max, id)
}

/// Their path, as the page of a machine has it.
async fn path_to(lab: &Lab, actor: &Actor, machine: MachineId) -> PathView {
    answers(&lab.ctx, actor, machine, None).await.unwrap().path.unwrap()
}

fn question(about: &str) -> QuestionForm {
    QuestionForm {
        kind: Some(QuestionKind::Single),
        ask: format!("What about {about}?"),
        why: "Because.".into(),
        answers: vec!["Yes".into(), "No".into(), String::new(), "Perhaps".into()],
        right: vec![1],
    }
}

/// Watches all of the video as a page does.
async fn watched(lab: &Lab, actor: &Actor, edition: EditionId) -> Credit {
    report(&lab.ctx, actor, edition, vec![], 0).await.unwrap();
    let mut last = None;
    for n in 0..24 {
        lab.pass(seconds(5));
        last = Some(report(&lab.ctx, actor, edition, vec![span(n * 5, n * 5 + 5)], (n + 1) * 5000).await.unwrap());
    }
    last.unwrap()
}

/// Takes the quiz with this many wrong answers.
async fn taken(lab: &Lab, actor: &Actor, id: ModuleId, mut wrong: usize) -> bool {
    let attempt = begin(&lab.ctx, actor, id).await.unwrap();
    loop {
        let page = quiz(&lab.ctx, actor, id, None).await.unwrap();
        let Quizzing::Asking { answered, question, .. } = page.quizzing else { panic!("{:?}", page.quizzing) };
        if answered.iter().all(|done| *done) {
            return hand_in(&lab.ctx, actor, attempt).await.unwrap();
        }
        let expected = if wrong > 0 { "Yes" } else { "No" };
        wrong = wrong.saturating_sub(1);
        let given = question.answers.iter().find(|(_, words)| words == expected).unwrap().0;
        answer(&lab.ctx, actor, attempt, question.id, vec![given]).await.unwrap();
    }
}

#[tokio::test]
async fn watched_video_and_passed_quiz_make_ready_for_checkout() {
    let (lab, _, id) = lab(5).await;
    let bob = lab.signed_in(2).await;
    let mut conn = lab.raw().await;
    let now = lab::NOON;
    assert_eq!(ready_for_checkout(&mut conn, BOB, LASERS, now).await.unwrap(), [id]);
    let path = path_to(&lab, &bob, MachineId(1)).await;
    let tasks: Vec<_> = path.path.steps.iter().map(|step| (step.task, step.progress)).collect();
    assert_eq!(
        tasks,
        [(Task::Watch(id), Progress::Now), (Task::Quiz(id), Progress::Later), (Task::Checkout, Progress::Later)]
    );
    assert!(path_to(&lab, &bob, MachineId(2)).await.stages.is_empty(), "a lathe requires no training");
    assert!(matches!(begin(&lab.ctx, &bob, id).await, Err(TrainingError::NotWatched)));
    let only_quiz = async || answers(&lab.ctx, &bob, MachineId(1), None).await.unwrap().mine.unwrap().quizzes;
    assert_eq!(only_quiz().await, [], "the film comes first");
    let credit = watched(&lab, &bob, VIDEO).await;
    assert_eq!((credit.percent, credit.watched), (100, vec![span(0, 120)]));
    assert_eq!(ready_for_checkout(&mut conn, BOB, LASERS, now).await.unwrap(), [id]);
    assert_eq!(only_quiz().await, [id]);
    assert!(taken(&lab, &bob, id, 1).await, "four of five pass");
    assert_eq!(only_quiz().await, []);
    assert!(ready_for_checkout(&mut conn, BOB, LASERS, now).await.unwrap().is_empty());
    let page = learn(&lab.ctx, &bob).await.unwrap();
    assert_eq!(page.paths[0].path.now(), Some(Task::Checkout));
    assert!(page.go_on.is_none() && !page.paths[0].qualified);
    assert!(matches!(begin(&lab.ctx, &bob, id).await, Err(TrainingError::Passed)));
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE person_id = 2 AND type_id = 3").await, 0);
}

// A5
#[tokio::test]
async fn credit_is_limited_by_server_clock() {
    let (lab, _, _) = lab(0).await;
    let bob = lab.signed_in(2).await;
    let send = async |parts: Vec<Span>| report(&lab.ctx, &bob, VIDEO, parts, 0).await;
    let first = send(vec![span(0, 100)]).await.unwrap();
    assert_eq!(first.gained, 0, "time counts from the first report");
    assert!(matches!(send(vec![span(2, 3)]).await, Err(TrainingError::TooSoon)), "fresher than a second");
    lab.pass(seconds(5));
    assert_eq!(send(vec![span(0, 120)]).await.unwrap().gained, 9500, "24 times the speed");
    lab.pass(seconds(5));
    let twice = send(vec![span(0, 9), span(0, 9), span(3, 9)]).await.unwrap();
    assert_eq!((twice.gained, twice.watched), (0, vec![Span { from: 0, to: 9500 }]), "union, not sum");
    lab.pass(seconds(5));
    for (parts, expected) in [
        (vec![span(0, 120), span(0, 120), span(0, 120)], "watching.too-much"),
        (vec![span(100, 121)], "watching.outside"),
        (vec![span(9, 9)], "watching.outside"),
        (vec![span(9, 3)], "watching.outside"),
    ] {
        let why = send(parts).await.unwrap_err();
        assert_eq!(why.to_string(), expected);
    }
    lab.set_back(seconds(3600));
    assert!(send(vec![span(0, 120)]).await.unwrap().gained <= 2000, "the clock was set back");
    lab.pass(seconds(12 * 3600));
    let later = send(vec![span(0, 100)]).await.unwrap();
    assert!(later.gained <= 32_000, "twelve hours of silence are no watching: {later:?}");
    lab.pass(seconds(120));
    let offline = Report { parts: vec![span(0, 100)], began: 110_000 };
    let later = report(&lab.ctx, &bob, VIDEO, offline, 0).await.unwrap();
    assert_eq!(later.watched, [span(0, 100)], "what was played without a network is told with when it began");
    let before = tell_progress(&lab).await;
    lab.pass(seconds(5));
    let unknown = report(&lab.ctx, &bob, EditionId(99), vec![span(0, 5)], 0).await;
    assert!(matches!(unknown, Err(TrainingError::Unknown)));
    let ada = lab.signed_in(1).await;
    report(&lab.ctx, &ada, VIDEO, vec![span(100, 102)], 0).await.unwrap();
    assert_eq!(tell_progress(&lab).await, before, "what others watch is theirs");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action LIKE 'watch%'").await, 0);
}

async fn tell_progress(lab: &Lab) -> String {
    lab.text("SELECT spans FROM training_progress WHERE person_id = 2").await
}

#[tokio::test]
async fn single_report_on_unopened_video_earns_nothing() {
    let (lab, max, _) = lab(0).await;
    let other = add(&lab.ctx, &max, DescribeModule::from_form("Dust", "", "")).await.unwrap();
    let video = ShowVideo::from_form("https://youtu.be/dQw4w9WgXcQ", "120");
    set_video(&lab.ctx, &lab.administrator().await, other, video).await.unwrap();
    publish(&lab.ctx, &max, other, None).await.unwrap();
    let bob = lab.signed_in(2).await;
    watched(&lab, &bob, VIDEO).await;
    lab.pass(DAY);
    let report_all = Report { parts: vec![span(0, 120)], began: u32::MAX };
    let all = report(&lab.ctx, &bob, EditionId(2), report_all, 0).await.unwrap();
    assert_eq!((all.gained, all.percent), (0, 0));
}

#[tokio::test]
async fn corrected_length_of_same_video_preserves_progress() {
    let (lab, max, id) = lab(0).await;
    let (ada, bob, ida) = (lab.signed_in(1).await, lab.signed_in(2).await, lab.administrator().await);
    watched(&lab, &ada, VIDEO).await;
    report(&lab.ctx, &bob, VIDEO, vec![], 0).await.unwrap();
    lab.pass(seconds(60));
    report(&lab.ctx, &bob, VIDEO, vec![span(0, 60)], 0).await.unwrap();
    for (length, least) in [("2:06", 47), ("1:30", 66)] {
        set_video(&lab.ctx, &ida, id, ShowVideo::from_form("dQw4w9WgXcQ", length)).await.unwrap();
        publish(&lab.ctx, &max, id, None).await.unwrap();
        let of = async |who: &Actor| training::progress(&lab.ctx, who, id).await.unwrap().1;
        assert_eq!(of(&ada).await.percent, 100, "{length}");
        let half = of(&bob).await;
        assert!(half.percent >= least, "{length}: {half:?}");
        assert_eq!(half.watched, [span(0, 60)], "{length}");
    }
}

#[tokio::test]
async fn two_concurrent_modules_share_one_clock() {
    let (lab, max, _) = lab(0).await;
    let other = add(&lab.ctx, &max, DescribeModule::from_form("Dust", "", "")).await.unwrap();
    let video = ShowVideo::from_form("https://youtu.be/dQw4w9WgXcQ", "120");
    set_video(&lab.ctx, &lab.administrator().await, other, video).await.unwrap();
    publish(&lab.ctx, &max, other, None).await.unwrap();
    let bob = lab.signed_in(2).await;
    let mut gained = 0;
    for n in 0..20 {
        lab.pass(seconds(2));
        let parts = vec![span(n * 5, n * 5 + 5)];
        gained += report(&lab.ctx, &bob, EditionId(1 + i64::from(n % 2)), parts, 0).await.unwrap().gained;
    }
    assert!(gained <= 19 * 3000 + 2000, "{gained}");
}

#[tokio::test]
async fn training_denies_trainer_grants_and_advises_administrator_grants() {
    let (lab, max, id) = lab(0).await;
    let request = async |card| check(&lab.ctx, LASER, &card).await.unwrap().decision;
    assert_eq!(request(ada()).await, Decision::Deny(vec![Reason::TrainingMissing(id)]));
    let missing = [Reason::NotQualified(LASERS), Reason::TrainingMissing(id)];
    assert_eq!(request(bob()).await, Decision::Deny(missing.to_vec()));
    lab.sql("INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES (2, 3, 'user', 'granted', 0, 'administrator', 0)")
        .await;
    assert!(request(bob()).await.is_yes());
    let ada_watches = lab.signed_in(1).await;
    watched(&lab, &ada_watches, VIDEO).await;
    assert!(request(ada()).await.is_yes());
    // A new edition that must be seen by tomorrow.
    let tomorrow = domain::time::Date::from_days(lab.ctx.today().days() + 1).to_string();
    publish(&lab.ctx, &max, id, Some(redo_day(&tomorrow))).await.unwrap();
    assert!(request(ada()).await.is_yes());
    assert_eq!(lab.text("SELECT group_concat(person_id || kind) FROM notice").await, "1training.again");
    lab.pass(DAY);
    assert_eq!(request(ada()).await, Decision::Deny(vec![Reason::TrainingLapsed(id)]));
    let lapsed = path_to(&lab, &lab.signed_in(1).await, MachineId(1)).await;
    assert_eq!(lapsed.path.now(), Some(Task::Watch(id)));
    let old = report(&lab.ctx, &lab.signed_in(1).await, VIDEO, vec![], 0).await;
    assert!(matches!(old, Err(TrainingError::Unknown)), "the old edition is not watched any more");
    watched(&lab, &lab.signed_in(1).await, EditionId(2)).await;
    assert!(request(ada()).await.is_yes());
    training::archive(&lab.ctx, &lab.signed_in(4).await, id, true).await.unwrap();
    lab.sql("DELETE FROM training_progress").await;
    assert!(request(ada()).await.is_yes(), "what is archived is required of nobody");
}

#[tokio::test]
async fn quiz_explains_to_those_who_passed_and_limits_tries() {
    let (lab, _, id) = lab(5).await;
    let bob = lab.signed_in(2).await;
    watched(&lab, &bob, VIDEO).await;
    assert!(!taken(&lab, &bob, id, 2).await, "three of five do not pass");
    let failed = quiz(&lab.ctx, &bob, id, None).await.unwrap();
    let Quizzing::Over { passed: false, right: 3, asked: 5, explained } = &failed.quizzing else {
        panic!("{failed:?}")
    };
    assert!(explained.is_empty(), "not passed, nothing is given away");
    for left in (1..5).rev() {
        let page = quiz(&lab.ctx, &bob, id, None).await.unwrap();
        assert_eq!(page.state.tries_left, left);
        assert!(!taken(&lab, &bob, id, 5).await);
    }
    assert!(matches!(begin(&lab.ctx, &bob, id).await, Err(TrainingError::NoTries)));
    lab.pass(DAY);
    let bob = lab.signed_in(2).await;
    assert!(taken(&lab, &bob, id, 1).await);
    let page = quiz(&lab.ctx, &bob, id, None).await.unwrap();
    let Quizzing::Over { passed: true, right: 4, explained, .. } = page.quizzing else { panic!() };
    assert_eq!(
        (explained[0].given.as_str(), explained[0].right.as_deref()),
        ("Yes", Some("No")),
        "wrong ones first"
    );
    assert_eq!((explained[4].given.as_str(), explained[4].right.as_deref()), ("No", None));
    let max = lab.signed_in(4).await;
    let figures = sheet(&lab.ctx, &max, id).await.unwrap().questions;
    assert_eq!(figures.iter().map(|question| question.given).sum::<u32>(), 30);
    assert_eq!(figures.iter().map(|question| question.right).sum::<u32>(), 7);
}

#[tokio::test]
async fn answer_not_belonging_to_quiz_is_refused() {
    let (lab, max, id) = lab(2).await;
    let bob = lab.signed_in(2).await;
    watched(&lab, &bob, VIDEO).await;
    let attempt = begin(&lab.ctx, &bob, id).await.unwrap();
    assert_eq!(begin(&lab.ctx, &bob, id).await.unwrap(), attempt, "it goes on");
    let page = quiz(&lab.ctx, &bob, id, Some(0)).await.unwrap();
    let Quizzing::Asking { question, .. } = page.quizzing else { panic!() };
    let other = quiz(&lab.ctx, &bob, id, Some(1)).await.unwrap();
    let Quizzing::Asking { question: other, .. } = other.quizzing else { panic!() };
    let put = async |quiz, question, given: Vec<AnswerId>| answer(&lab.ctx, &bob, quiz, question, given).await;
    let right = question.answers[0].0;
    assert!(matches!(put(attempt, question.id, vec![]).await, Err(TrainingError::NoAnswer)));
    let two = vec![right, question.answers[1].0];
    assert!(matches!(put(attempt, question.id, two).await, Err(TrainingError::NoAnswer)));
    let places: Vec<_> = question.answers.iter().map(|(place, _)| place.0).collect();
    assert!(
        places.windows(2).all(|two| two[0] + 1 == two[1]),
        "a number of its own would tell the order: {places:?}"
    );
    let foreign = put(attempt, question.id, vec![AnswerId(99)]).await;
    assert!(matches!(foreign, Err(TrainingError::UnknownQuiz)), "none of its answers");
    assert!(matches!(put(attempt, QuestionId(99), vec![right]).await, Err(TrainingError::UnknownQuiz)));
    assert!(matches!(put(QuizId(99), question.id, vec![right]).await, Err(TrainingError::UnknownQuiz)));
    let ada = lab.signed_in(1).await;
    let hers = answer(&lab.ctx, &ada, attempt, question.id, vec![right]).await;
    assert!(matches!(hers, Err(TrainingError::UnknownQuiz)), "somebody else's");
    assert!(matches!(hand_in(&lab.ctx, &bob, attempt).await, Err(TrainingError::Incomplete)));
    // A running try keeps its questions, even if they are edited.
    change_question(&lab.ctx, &max, question.id, &self::question("it now")).await.unwrap();
    let page = quiz(&lab.ctx, &bob, id, Some(0)).await.unwrap();
    let Quizzing::Asking { question: same, .. } = page.quizzing else { panic!() };
    assert_eq!(same.ask, question.ask);
    for one in [&question, &other] {
        let no = one.answers.iter().find(|(_, words)| words == "No").unwrap().0;
        put(attempt, one.id, vec![no]).await.unwrap();
    }
    assert!(hand_in(&lab.ctx, &bob, attempt).await.unwrap());
    assert!(matches!(hand_in(&lab.ctx, &bob, attempt).await, Err(TrainingError::Over)));
    assert!(matches!(put(attempt, question.id, vec![right]).await, Err(TrainingError::Over)));
}

#[tokio::test]
async fn quiz_draws_subset_of_questions() {
    let (lab, max, id) = lab(6).await;
    let input = DescribeModule::from_form("Clamping", "", "2");
    save(&lab.ctx, &max, id, 1, input).await.unwrap();
    let bob = lab.signed_in(2).await;
    watched(&lab, &bob, VIDEO).await;
    begin(&lab.ctx, &bob, id).await.unwrap();
    let page = quiz(&lab.ctx, &bob, id, None).await.unwrap();
    let Quizzing::Asking { answered, .. } = page.quizzing else { panic!() };
    assert_eq!((answered.len(), page.state.asked, page.state.needed), (2, 2, 2));
}

#[tokio::test]
async fn only_training_editors_change_modules_and_requirements() {
    let (lab, max, id) = lab(0).await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let input = DescribeModule::from_form("Mine", "", "");
    for actor in [&ada, &bob] {
        assert!(matches!(add(&lab.ctx, actor, input.clone()).await, Err(TrainingError::Forbidden(_))));
        assert!(matches!(sheet(&lab.ctx, actor, id).await, Err(TrainingError::Forbidden(_))));
        assert!(matches!(
            require(&lab.ctx, actor, Some(Subject::Type(TypeId(3))), Some(id), Some(THRESHOLD)).await,
            Err(TrainingError::Forbidden(_))
        ));
        assert!(matches!(candidates(&lab.ctx, actor, LASERS).await, Err(TrainingError::Forbidden(_))));
    }
    lab.grant(1, 3, "owner").await;
    let ada = lab.signed_in(1).await;
    let hers = require(&lab.ctx, &ada, Some(Subject::Machine(MachineId(1))), Some(id), Some(50)).await.unwrap();
    assert!(matches!(
        require(&lab.ctx, &ada, Some(Subject::Type(TypeId(4))), Some(id), Some(THRESHOLD)).await,
        Err(TrainingError::Forbidden(_))
    ));
    training::release(&lab.ctx, &ada, hers).await.unwrap();
    assert!(matches!(training::release(&lab.ctx, &max, hers).await, Err(TrainingError::UnknownRequirement)));
    let zoe = lab.signed_in(3).await;
    assert!(matches!(learn(&lab.ctx, &zoe).await, Err(TrainingError::Forbidden(_))), "who is suspended");
    let invalid = require(&lab.ctx, &max, Some(Subject::Type(TypeId(3))), Some(ModuleId(9)), Some(0)).await;
    let Err(TrainingError::Invalid(errors)) = invalid else { panic!("{invalid:?}") };
    assert_eq!(errors, [ValidationError::Module, ValidationError::Threshold]);
    let actions = lab.text("SELECT group_concat(action, ' ') FROM (SELECT action FROM audit ORDER BY seq)").await;
    let expected =
        "module.added module.video-set module.published training.required training.required training.released";
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn trainer_sees_nearly_ready_people() {
    let (lab, _, id) = lab(1).await;
    lab.grant(1, 3, "trainer").await;
    lab.sql("INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES (4, 1, 'user', 'granted', 0, 'setup', 0)")
        .await;
    let (ada, bob, max) = (lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await);
    watched(&lab, &bob, VIDEO).await;
    report(&lab.ctx, &max, VIDEO, vec![], 0).await.unwrap();
    lab.pass(seconds(60));
    report(&lab.ctx, &max, VIDEO, vec![span(0, 60)], 0).await.unwrap();
    report(&lab.ctx, &ada, VIDEO, vec![span(0, 1)], 0).await.unwrap();
    let all = candidates(&lab.ctx, &ada, LASERS).await.unwrap();
    let notices: Vec<_> =
        all.iter().map(|one| (one.person.0, one.percent, one.completed, one.quizzes_left)).collect();
    assert_eq!(notices, [(2, 100, 0, 1), (4, 50, 0, 1)], "who is qualified is no candidate");
    let page = module(&lab.ctx, &bob, id, false).await.unwrap();
    assert!(page.quiz.is_some_and(|quiz| quiz.open && quiz.tries_left == 5));
    assert_eq!(page.html, "<p>Hold it <strong>tight</strong></p>\n");
}

#[tokio::test]
async fn unpublished_module_is_shown_to_editors_only() {
    let (lab, max, id) = lab(0).await;
    let other = add(&lab.ctx, &max, DescribeModule::from_form("Draft", "", "")).await.unwrap();
    assert!(matches!(publish(&lab.ctx, &max, other, None).await, Err(TrainingError::NoVideo)));
    let ida = lab.administrator().await;
    let set = async |id, youtube: &str, length: &str| {
        let input = ShowVideo::from_form(youtube, length);
        set_video(&lab.ctx, &ida, id, input).await
    };
    let bad = set(other, "https://example.org/x", "0:00").await;
    let Err(TrainingError::Invalid(errors)) = bad else { panic!("{bad:?}") };
    assert_eq!(errors, [ValidationError::YouTube, ValidationError::Length]);
    set(other, "dQw4w9WgXcQ", "1:00").await.unwrap();
    let bob = lab.signed_in(2).await;
    assert!(matches!(module(&lab.ctx, &bob, other, true).await, Err(TrainingError::Unknown)));
    assert!(module(&lab.ctx, &max, other, false).await.unwrap().draft);
    let unpublished = report(&lab.ctx, &bob, EditionId(2), vec![span(0, 1)], 0).await;
    assert!(matches!(unpublished, Err(TrainingError::Unknown)));
    assert!(matches!(publish(&lab.ctx, &max, id, None).await, Err(TrainingError::NothingNew)));
    assert!(matches!(
        publish(&lab.ctx, &max, id, Some(redo_day("2020-01-01"))).await,
        Err(TrainingError::Invalid(_))
    ));
    // A longer video is another edition: watching of the first still counts.
    watched(&lab, &bob, VIDEO).await;
    set(id, "", "4:00").await.unwrap();
    assert_eq!(module(&lab.ctx, &bob, id, false).await.unwrap().percent, 100);
    publish(&lab.ctx, &max, id, None).await.unwrap();
    let mut conn = lab.raw().await;
    assert!(ready_for_checkout(&mut conn, BOB, LASERS, lab::NOON).await.unwrap().is_empty());
    assert_eq!(ready_for_checkout(&mut conn, ADA, LASERS, lab::NOON).await.unwrap(), [id]);
    lab.grant(1, 3, "trainer").await;
    let near = candidates(&lab.ctx, &lab.signed_in(1).await, LASERS).await.unwrap();
    let notices: Vec<_> =
        near.iter().map(|one| (one.person, one.completed, one.percent, one.quizzes_left)).collect();
    assert_eq!(notices, [(BOB, 1, 100, 0)], "for trainers too");
    let stale = save(&lab.ctx, &max, id, 7, DescribeModule::from_form("x", "", "")).await;
    assert!(matches!(stale, Err(TrainingError::Stale(_))), "{stale:?}");
}

#[tokio::test]
async fn unanswerable_question_is_refused() {
    let (lab, max, id) = lab(0).await;
    let put = async |change: fn(&mut QuestionForm)| {
        let mut input = question("x");
        change(&mut input);
        match add_question(&lab.ctx, &max, id, &input).await {
            Err(TrainingError::Invalid(errors)) => errors,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(put(|it| it.kind = None).await, [ValidationError::Kind]);
    assert_eq!(put(|it| it.ask = " ".into()).await, [ValidationError::Ask]);
    assert_eq!(put(|it| it.right = vec![]).await, [ValidationError::NotOne]);
    assert_eq!(put(|it| it.answers[1] = "Yes".into()).await, [ValidationError::Twice]);
    assert_eq!(put(|it| it.answers.truncate(1)).await, [ValidationError::Answers]);
    assert_eq!(put(|it| it.why = "x".repeat(501)).await, [ValidationError::Why]);
}

/// A file as it arrives.
async fn uploaded(lab: &Lab, actor: &Actor, bytes: &[u8]) -> uploads::Upload {
    let mut arriving = uploads::begin(&lab.ctx, actor).await.unwrap();
    arriving.write(bytes).await.unwrap();
    arriving.finish().await.unwrap()
}

/// The beginning of a `WebM` of 24.5 seconds.
fn film() -> Vec<u8> {
    let mut film = vec![0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, b'w', b'e', b'b', b'm'];
    film.extend([0x18, 0x53, 0x80, 0x67, 0xff]);
    film.extend([0x15, 0x49, 0xa9, 0x66, 0x8b, 0x44, 0x89, 0x88]);
    film.extend(24_500_f64.to_be_bytes());
    film.extend([0x16, 0x54, 0xae, 0x6b, 0x85, 0xae, 0x83, 0x83, 0x81, 0x01]);
    film
}

#[tokio::test]
async fn video_file_is_validated_and_deleted_when_unused() {
    let (lab, max, id) = lab(0).await;
    let files = || {
        let folder = lab.file().parent().unwrap().join("videos");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    };
    // It states 63 bytes after its beginning, or 32 for its first box.
    let mut cut = film();
    cut[16] = 0xbf;
    let beginning = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm";
    for nothing in [&b""[..], b"<html>", beginning, b"\0\0\0\x20ftypisom", &cut] {
        let file = uploaded(&lab, &max, nothing).await;
        let refused = training::keep(&lab.ctx, &max, id, file).await;
        let Err(TrainingError::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!((errors.as_slice(), files()), (&[ValidationError::NoFilm][..], 0));
    }
    let bob = lab.signed_in(2).await;
    let file = uploaded(&lab, &bob, &film()).await;
    assert!(matches!(training::keep(&lab.ctx, &bob, id, file).await, Err(TrainingError::Forbidden(_))));
    for _ in 0..2 {
        let file = uploaded(&lab, &max, &film()).await;
        training::keep(&lab.ctx, &max, id, file).await.unwrap();
        assert_eq!(files(), 1, "the one before is gone");
    }
    assert!(matches!(training::open(&lab.ctx, &bob, EditionId(2)).await, Err(TrainingError::Unknown)), "a draft");
    publish(&lab.ctx, &max, id, None).await.unwrap();
    let page = module(&lab.ctx, &bob, id, false).await.unwrap();
    assert_eq!(page.length, 24_500);
    let opened = training::open(&lab.ctx, &bob, page.edition).await.unwrap();
    assert_eq!(opened.bytes, u64::try_from(film().len()).unwrap());
    // Another edition with the same file: neither goes while the other shows it.
    publish(&lab.ctx, &max, id, Some(redo_day("2099-01-01"))).await.unwrap();
    let file = uploaded(&lab, &max, &film()).await;
    training::keep(&lab.ctx, &max, id, file).await.unwrap();
    assert_eq!(files(), 2);
    let zoe = lab.signed_in(3).await;
    assert!(matches!(training::open(&lab.ctx, &zoe, page.edition).await, Err(TrainingError::Forbidden(_))));
    assert_eq!(Subject::Type(LASERS), sheet(&lab.ctx, &max, id).await.unwrap().required[0].on);
}

#[tokio::test]
async fn incomplete_retraining_is_reminded_a_week_and_a_day_before() {
    let (lab, max, id) = lab(0).await;
    for person in [1, 2, 4] {
        lab.grant(person, 3, "user").await;
    }
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (6, 'active', 0);
         INSERT INTO training_progress (person_id, edition_id, percent, seen_at)
             VALUES (1, 1, 95, 0), (2, 1, 95, 0), (6, 1, 95, 0), (4, 1, 50, 0)",
    )
    .await;
    publish(&lab.ctx, &max, id, Some(redo_day("2027-02-14"))).await.unwrap();
    lab.sql("INSERT INTO training_progress (person_id, edition_id, percent, seen_at) VALUES (1, 2, 100, 0)").await;
    let reminded = async |days: u64| {
        lab.pass(seconds(days * 86_400));
        for _ in 0..2 {
            jobs::run(&lab.ctx, Job::Reminders).await;
        }
        lab.text(
            "SELECT coalesce(group_concat(person_id || ':' || (body ->> '$.training_again.ahead')), '') FROM notice
              WHERE kind = 'training.again' AND body ->> '$.training_again.ahead' IS NOT NULL",
        )
        .await
    };
    // From 15 January, at noon, until the end of 14 February.
    assert_eq!(reminded(22).await, "", "more than a week ahead");
    assert_eq!(
        reminded(2).await,
        "2:7",
        "who did it again, is not qualified, or never completed it is left alone"
    );
    assert_eq!(reminded(3).await, "2:7");
    assert_eq!(reminded(2).await, "2:7,2:1");
    assert_eq!(reminded(3).await, "2:7,2:1");
}

#[tokio::test]
async fn after_downtime_one_reminder_is_sent() {
    let (lab, max, id) = lab(0).await;
    lab.grant(2, 3, "user").await;
    lab.sql("INSERT INTO training_progress (person_id, edition_id, percent, seen_at) VALUES (2, 1, 95, 0)").await;
    publish(&lab.ctx, &max, id, Some(redo_day("2027-02-14"))).await.unwrap();
    lab.pass(seconds(29 * 86_400));
    jobs::run(&lab.ctx, Job::Reminders).await;
    assert_eq!(
        lab.number("SELECT count(*) FROM notice WHERE kind = 'training.again'").await,
        2,
        "the news and one"
    );
}

#[tokio::test]
async fn wall_shows_training_of_types_in_use_and_floor_does_not() {
    let (lab, max, id) = lab(1).await;
    let kind = lab.text("SELECT name FROM equipment_type WHERE id = 3").await;
    let required = TypeRequirements { kind, videos: 1, quizzes: 1 };
    assert_eq!(machines::wall(&lab.ctx, &max).await.unwrap().requirements, [required]);
    assert_eq!(machines::floor(&lab.ctx, &max).await.unwrap().requirements, []);
    training::archive(&lab.ctx, &max, id, true).await.unwrap();
    assert_eq!(machines::wall(&lab.ctx, &max).await.unwrap().requirements, []);
}
