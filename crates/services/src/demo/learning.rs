//! Training in the invented workshop: three modules with a short film each, and candidates at several stages of
//! them.

use domain::{
    id::{AnswerId, EditionId, PersonId, QuestionId, TypeId},
    qualifications::Subject,
    time::{DAY, HOUR, Millis},
    training::{
        THRESHOLD, VideoType,
        quiz::{QuestionKind, needed},
        watching::{Coverage, Span},
    },
};
use std::{fs, io, path::Path};
use store::{
    StoreError, WriteTx,
    training::{
        self, NewModule, Shows, VideoFile,
        quiz::{self, NewQuestion},
        watching,
    },
};

/// A module and its film, which is rendered by `film/render.sh`.
struct Film {
    title: &'static str,
    about: &'static str,
    name: &'static str,
    bytes: &'static [u8],
    length: u32,
    captions: &'static str,
}

/// The first of them has the quiz.
const FILMS: [Film; 3] = [
    Film {
        title: "Clamping the work",
        about: "Four steps before the spindle turns.\n\n- Lay the sheet on the bed\n- Clamp it **outside the tool path**\n- Set zero, then run it in the air",
        name: "demo-clamping.webm",
        bytes: include_bytes!("film/clamping.webm"),
        length: 24_000,
        captions: "WEBVTT\n\n00:02.000 --> 00:05.000\nLay the sheet on the bed.\n\n00:05.000 --> 00:11.000\nClamp it on both sides.\n\n00:11.000 --> 00:21.000\nKeep the clamps outside the tool path. Always.\n",
    },
    Film {
        title: "Chips and dust",
        about: "Chips that stay where they fall get hot.\n\n- Bring the hose down to the work\n- Open **your** gate, and close the others",
        name: "demo-chips.webm",
        bytes: include_bytes!("film/chips.webm"),
        length: 20_000,
        captions: "WEBVTT\n\n00:01.000 --> 00:07.000\nChips pile up around the tool.\n\n00:07.000 --> 00:11.000\nBring the hose down and open its gate.\n\n00:16.000 --> 00:20.000\nNow the work is clean.\n",
    },
    Film {
        title: "Stopping in time",
        about: "When something moves that should not, stop first and look afterwards.",
        name: "demo-stopping.webm",
        bytes: include_bytes!("film/stopping.webm"),
        length: 16_000,
        captions: "WEBVTT\n\n00:06.000 --> 00:09.000\nThe sheet comes loose.\n\n00:09.000 --> 00:13.000\nPress the red button. Everything stands still.\n",
    },
];
/// Questions of one quiz.
const ASKED: u32 = 3;

/// A person's training progress.
pub(super) struct Stage {
    pub person: PersonId,
    pub percent: [u8; 3],
    /// They passed the quiz.
    pub passed: bool,
    pub hours: u32,
}

/// Puts the videos where videos are.
pub(super) fn place(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    FILMS.iter().try_for_each(|film| fs::write(folder.join(film.name), film.bytes))
}

/// The modules, required on `kind`: `done` completed them, the others are at some stage of them.
pub(super) async fn teach(
    tx: &mut WriteTx,
    kind: TypeId,
    done: &[PersonId],
    on_the_way: &[Stage],
    now: Millis,
) -> Result<(), StoreError> {
    let begun = now.before(DAY * 60);
    let (mut editions, mut request) = ([EditionId(0); FILMS.len()], Vec::new());
    for (at, film) in FILMS.iter().enumerate() {
        let is_first = at == 0;
        let (title, about) = (film.title.into(), film.about.into());
        let module = training::add(tx, &NewModule { title, about, asked: is_first.then_some(ASKED) }).await?;
        let bytes = i64::try_from(film.bytes.len()).unwrap_or(0);
        let file = VideoFile { name: film.name.into(), kind: VideoType::WebM, bytes };
        let draft = training::draft(tx, module).await?;
        let shows = Shows { youtube: None, file: Some(&file), length: Some(film.length) };
        training::show(tx, draft, &shows).await?;
        training::caption(tx, draft, Some(film.captions)).await?;
        if is_first {
            for question in questions() {
                quiz::add(tx, module, &question, None, begun).await?;
            }
            request = quiz::questions(tx.conn(), module).await?;
        }
        training::publish(tx, draft, begun, None).await?;
        training::require(tx, Subject::Type(kind), module, THRESHOLD, (begun, begun)).await?;
        editions[at] = draft;
    }
    let request = request.into_iter().take(ASKED as usize).map(|question| {
        let answers = question.answers.into_iter().map(|(id, ..)| id).collect();
        (question.id, answers)
    });
    let request: Vec<(QuestionId, Vec<AnswerId>)> = request.collect();
    let completed = |&person| Stage { person, percent: [100; 3], passed: true, hours: 40 * 24 };
    let stages = done.iter().map(completed).collect::<Vec<_>>();
    for stage in stages.iter().chain(on_the_way) {
        let at = now.before(HOUR * stage.hours);
        for ((film, edition), percent) in FILMS.iter().zip(editions).zip(stage.percent) {
            if percent > 0 {
                let place = film.length / 100 * u32::from(percent);
                let seen = Coverage::of([Span { from: 0, to: place }]);
                watching::keep(tx, (stage.person, edition), (&seen, percent), place, 0, at).await?;
            }
        }
        if stage.passed {
            // Every third of them needed two tries.
            let tries = if stage.person.0 % 3 == 0 { &[ASKED - 1, ASKED][..] } else { &[ASKED] };
            for &right in tries {
                take_quiz(tx, (stage.person, editions[0]), &request, right, at).await?;
            }
            watching::pass(tx, stage.person, editions[0], at).await?;
        }
    }
    Ok(())
}

/// Answers a quiz, with the given number of right answers.
async fn take_quiz(
    tx: &mut WriteTx,
    (person, edition): (PersonId, EditionId),
    request: &[(QuestionId, Vec<AnswerId>)],
    right: u32,
    at: Millis,
) -> Result<(), StoreError> {
    let id = quiz::begin(tx, person, edition, request, at).await?;
    for (number, (question, answers)) in (0..).zip(request) {
        let given = answers.first().copied().into_iter().collect::<Vec<_>>();
        quiz::answer(tx, id, *question, &given, number < right).await?;
    }
    quiz::hand_in(tx, id, right >= needed(ASKED), at).await
}

fn questions() -> [NewQuestion; 4] {
    let question = |kind, ask: &str, why: &str, answers: &[(&str, bool)]| NewQuestion {
        kind,
        ask: ask.into(),
        why: why.into(),
        answers: answers.iter().map(|&(words, right)| (words.to_owned(), right)).collect(),
    };
    [
        question(
            QuestionKind::Single,
            "Where do the clamps go?",
            "The tool and its nut need 20 mm all round.",
            &[("On the edges, outside the cut", true), ("Where the sheet bends", false), ("On the part", false)],
        ),
        question(
            QuestionKind::Single,
            "How many clamps hold a sheet?",
            "One clamp is a hinge: the sheet turns around it.",
            &[
                ("One, in the middle", false),
                ("Two at least, on opposite sides", true),
                ("None, it is heavy enough", false),
            ],
        ),
        question(
            QuestionKind::Multiple,
            "What do you check before you press start?",
            "The hood and your sleeves are the two that hurt people.",
            &[("The extraction runs", true), ("Sleeves are rolled up", true), ("The radio is off", false)],
        ),
        question(
            QuestionKind::Order,
            "Put the steps in order",
            "Zero after the tool: each tool has its own length.",
            &[
                ("Clamp the sheet", true),
                ("Fit the tool", true),
                ("Set zero", true),
                ("Run the job in the air", true),
            ],
        ),
    ]
}
