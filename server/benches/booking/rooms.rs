//! A space full of rooms: each booked ten hours a day, far more of them than a page shows.

use crate::{
    Size, Times, WARM,
    client::Client,
    furnish::{Booked, Plan, token},
    server::Server,
};
use std::time::Instant;

/// Bound for the p99 of data.
const ASKED_DATA_MS: f64 = 50.0;
/// Bound for the p99 of a page.
const ASKED_PAGE_MS: f64 = 10.0;
/// Bound for the p99 of a search.
const ASKED_SEARCH_MS: f64 = 30.0;
/// Bound for a page without compression.
const ASKED_KB: f64 = 150.0;
/// Rooms on a page, as the server has it.
const ON_PAGE: usize = 50;

/// A question, each time about another page or room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    WeekData,
    DayData,
    RoomData,
    WeekPage,
    DayPage,
    RoomPage,
    Search,
}

impl Question {
    const ALL: [Self; 7] = [
        Self::WeekData,
        Self::DayData,
        Self::RoomData,
        Self::WeekPage,
        Self::DayPage,
        Self::RoomPage,
        Self::Search,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::WeekData => "the week of 50 rooms, as data",
            Self::DayData => "the day of 50 rooms, as data",
            Self::RoomData => "the week of one room, as data",
            Self::WeekPage => "the page of the week of 50 rooms",
            Self::DayPage => "the page of the day of 50 rooms",
            Self::RoomPage => "the page of the week of one room",
            Self::Search => "a search among all rooms, as data",
        }
    }

    const fn asked_ms(self) -> f64 {
        match self {
            Self::WeekData | Self::DayData | Self::RoomData => ASKED_DATA_MS,
            Self::WeekPage | Self::DayPage | Self::RoomPage => ASKED_PAGE_MS,
            Self::Search => ASKED_SEARCH_MS,
        }
    }

    /// The address, and the form of one that is posted.
    fn request(self, n: usize, rooms: usize) -> (String, Option<String>) {
        let (page, room) = (n % rooms.div_ceil(ON_PAGE) + 1, n * 7_919 % rooms + 1);
        match self {
            Self::WeekData => ("/api/bookings/week".into(), Some(format!("date=&show=rooms&page={page}"))),
            Self::DayData => ("/api/bookings/rooms".into(), Some(format!("page={page}"))),
            Self::RoomData => ("/api/bookings/rooms".into(), Some(format!("room={room}"))),
            Self::WeekPage => (format!("/bookings?show=rooms&page={page}"), None),
            Self::DayPage => (format!("/bookings/rooms?page={page}"), None),
            Self::RoomPage => (format!("/bookings/rooms?room={room}"), None),
            Self::Search => {
                ("/api/bookings/find".into(), Some("requested=rooms&minutes=60&when=&message=".to_owned()))
            }
        }
    }
}

/// Answers to one question.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    question: Question,
    times: Times,
    /// The largest without compression.
    plain_kb: f64,
}

/// Asks each question in turn, of rooms with the most bookings.
pub async fn measure(size: &Size) -> Vec<Answers> {
    let (bookings, rooms) = (size.bookings[size.bookings.len() - 1], size.machines);
    let plan = Plan { bookings, of: Booked::FullRooms, machines: rooms, people: 10 };
    let server = Server::open(&plan, 100).await;
    let mut client = Client::connect(server.http).await;
    let mut all = Vec::new();
    for question in Question::ALL {
        let (mut took, mut most) = (Vec::new(), 0);
        for n in 0..size.of_rooms + WARM {
            let (path, form) = question.request(n, rooms);
            let begin = Instant::now();
            let answer = match &form {
                Some(form) => client.post_form(&path, &token(1), form).await,
                None => client.get(&path, &token(1)).await,
            };
            took.push((begin.elapsed(), answer.expect(200)));
            // Data comes without compression.
            most = match form {
                Some(_) => most.max(answer.body.len()),
                None if n < rooms.div_ceil(ON_PAGE) => {
                    most.max(client.get_plain(&path, &token(1)).await.expect(200))
                }
                None => most,
            };
        }
        let (times, plain_kb) = (Times::of(took), most as f64 / 1e3);
        eprintln!("  {}: p50 {:.2} ms, p99 {:.2} ms", question.name(), times.p50_ms, times.p99_ms);
        all.push(Answers { question, times, plain_kb });
    }
    all
}

impl Answers {
    /// Its row in the table.
    pub fn row(&self, bookings: usize) -> String {
        let Times { p50_ms, p99_ms, kilobytes } = self.times;
        let what = self.question.name();
        format!("| {bookings} | {what} | {p50_ms:.2} | {p99_ms:.2} | {kilobytes:.1} |")
    }

    /// Its figures beside their bounds.
    pub fn verdict(&self) -> String {
        let (what, asked, p99_ms) = (self.question.name(), self.question.asked_ms(), self.times.p99_ms);
        let is_page = matches!(self.question, Question::WeekPage | Question::DayPage | Question::RoomPage);
        let size = if is_page {
            format!("; the largest without compression (at most {ASKED_KB:.0} KB): **{:.0} KB**", self.plain_kb)
        } else {
            String::new()
        };
        format!("- {what}, p99 (at most {asked:.0} ms): **{p99_ms:.2} ms**{size}")
    }
}
