//! Pages of a list, and their cursors.
//!
//! Invariant: a cursor is opaque, belongs to one list, and is verified when it comes back: one that was not made here,
//! or was modified, is refused at its field. It is not secret: it contains what the previous page showed.

use super::{Caller, Refusal, input::invalid};
use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Display;
use text::Lang;
use utoipa::ToSchema;

/// The default and maximum number of items on a page.
pub const MOST: usize = 50;
/// The number of checksum bytes in a cursor.
const CHECK: usize = 8;

/// The cursor after the position `last` of the list `of`.
#[must_use]
pub fn cursor(of: &str, last: &str) -> String {
    BASE64URL_NOPAD.encode(&[check(of, last.as_bytes()).as_slice(), last.as_bytes()].concat())
}

/// Parses the cursor of the list `of`; `None` if it is omitted.
pub fn after(of: &str, cursor: Option<&str>, lang: Lang) -> Result<Option<String>, Refusal> {
    let Some(cursor) = cursor else { return Ok(None) };
    let read = || {
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (message, place) = bytes.split_first_chunk::<CHECK>()?;
        (*message == check(of, place)).then(|| String::from_utf8(place.to_vec()).ok()).flatten()
    };
    read().map(Some).ok_or_else(|| Refusal(invalid("after", lang.api_cursor_form(), lang)))
}

fn check(of: &str, place: &[u8]) -> [u8; CHECK] {
    let digest =
        Sha256::new().chain_update("toolgate cursor ").chain_update(of).chain_update([0]).chain_update(place);
    let digest = digest.finalize();
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

/// The validated page size.
pub fn limit(requested: Option<u32>, lang: Lang) -> Result<usize, Refusal> {
    let requested = requested.map_or(MOST, |requested| requested.try_into().unwrap_or(usize::MAX));
    if (1..=MOST).contains(&requested) {
        Ok(requested)
    } else {
        Err(Refusal(invalid("limit", lang.api_limit_form(), lang)))
    }
}

/// Pagination parameters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    pub after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    pub limit: Option<u32>,
}

/// A page of a list.
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of the list `of` from items that were read up to `limit`; with `more`, a next page follows the last one.
    pub fn cut<P: Display>(
        of: &str,
        mut items: Vec<T>,
        limit: usize,
        more: bool,
        place: impl Fn(&T) -> P,
    ) -> Self {
        let more = more || items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| cursor(of, &place(last).to_string()));
        Self { items, next }
    }

    /// A page of a list that was read completely: the items after `after` in the order of `place`, which must be unique. The
    /// next page continues at the same position even if items were removed, moved or renamed meanwhile.
    pub fn of_all<P: Ord + Serialize + DeserializeOwned>(
        of: &str,
        mut all: Vec<T>,
        after: Option<&str>,
        limit: usize,
        lang: Lang,
        place: impl Fn(&T) -> P,
    ) -> Result<Self, Refusal> {
        let unread = |_| Refusal(invalid("after", lang.api_cursor_form(), lang));
        let after: Option<P> = after.map(serde_json::from_str).transpose().map_err(unread)?;
        all.sort_by_cached_key(&place);
        let begin = after.map_or(0, |after| all.partition_point(|one| place(one) <= after));
        let more = all.len() > begin.saturating_add(limit);
        let items: Vec<T> = all.into_iter().skip(begin).take(limit).collect();
        let last = items.last().filter(|_| more).and_then(|last| serde_json::to_string(&place(last)).ok());
        Ok(Self { next: last.map(|last| cursor(of, &last)), items })
    }

    /// The page with each item converted.
    pub fn map<U>(self, say: impl Fn(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(say).collect(), next: self.next }
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let mut response = Json(json!({ "items": self.items, "next": self.next })).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(next) = self.next {
            response.extensions_mut().insert(Next(next));
        }
        response
    }
}

/// The cursor of the next page. The API layer, which knows the address, turns it into a link.
#[derive(Debug, Clone)]
pub struct Next(pub String);

/// `</api/v1/people?status=active&after=…>; rel="next"`.
#[must_use]
pub fn link(uri: &axum::http::Uri, Next(next): &Next) -> Option<HeaderValue> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let there = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.extend_pairs(there.filter(|(name, _)| name != "after"));
    query.append_pair("after", next);
    HeaderValue::from_str(&format!("<{}?{}>; rel=\"next\"", uri.path(), query.finish())).ok()
}

impl Caller {
    /// The position after which a page of the list `of` begins, and the page size.
    pub fn place(
        &self,
        of: &str,
        cursor: Option<&str>,
        requested: Option<u32>,
    ) -> Result<(Option<String>, usize), Refusal> {
        Ok((after(of, cursor, self.lang)?, limit(requested, self.lang)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_round_trips_only_for_its_own_list() {
        for place in ["", "7", "7-6164", "ä"] {
            let made = cursor("listPeople", place);
            assert_eq!(after("listPeople", Some(&made), Lang::En).unwrap().as_deref(), Some(place));
            assert!(after("listEntries", Some(&made), Lang::En).is_err(), "of another list");
        }
        assert_eq!(after("listPeople", None, Lang::En).unwrap(), None);
        for forged in ["", "1", "AAAA", "../..", "AAAAAAAAAAcAAAAAAAAAAA", "%00", "ä"] {
            let Refusal(problem) = after("listPeople", Some(forged), Lang::En).unwrap_err();
            assert_eq!((problem.kind.status(), problem.at("after").is_some()), (422, true), "{forged}");
        }
    }

    #[test]
    fn page_is_cut_at_the_limit() {
        let page = |limit, more| Page::cut("x", vec![1, 2, 3], limit, more, |id| *id);
        assert_eq!(page(2, false).next, Some(cursor("x", "2")));
        assert_eq!((page(3, false).next, page(3, true).next), (None, Some(cursor("x", "3"))));
        assert!(limit(Some(0), Lang::En).is_err() && limit(Some(51), Lang::En).is_err());
        assert_eq!(limit(Some(1), Lang::En).unwrap(), 1);
    }

    /// Whether archived, the name, the id.
    type Thing = (bool, &'static str, i64);

    fn things(all: &[Thing], cursor: Option<&str>, limit: usize) -> Result<Page<Thing>, Refusal> {
        let place = |&(away, name, id): &Thing| (away, name.to_owned(), id);
        let after = after("x", cursor, Lang::En)?;
        Page::of_all("x", all.to_vec(), after.as_deref(), limit, Lang::En, place)
    }

    #[test]
    fn walking_all_pages_yields_each_item_once() {
        let all = [
            (false, "Laser cutter", 7),
            (false, "Laser cutter", 9),
            (false, "Laser cutter room 2", 1),
            (false, "\"a\",1\u{1f}", 3),
            (true, "Lathe", 2),
        ];
        for limit in 1..=all.len() {
            let (mut walked, mut cursor) = (Vec::new(), None);
            for _ in 0..=all.len() {
                let page = things(&all, cursor.as_deref(), limit).unwrap();
                walked.extend(page.items);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            let mut sorted = all.to_vec();
            sorted.sort_unstable();
            assert_eq!((walked, cursor), (sorted, None), "{limit}");
        }
    }

    #[test]
    fn changed_list_continues_after_the_cursor() {
        let all = [(false, "b", 9), (false, "c", 3), (false, "d", 7), (false, "e", 5), (false, "f", 8)];
        let first = things(&all, None, 3).unwrap();
        assert_eq!(first.items, &all[..3]);
        let [nine, three, seven, five, eight] = all;
        let (away, renamed) = ((true, "d", 7), (false, "z", 7));
        for (what, there, rest) in [
            ("as it was", &all[..], &[five, eight][..]),
            ("the last is gone", &[nine, three, five, eight], &[five, eight]),
            ("all are gone", &[five, eight], &[five, eight]),
            ("one came in front", &[(false, "a", 1), nine, three, seven, five, eight], &[five, eight]),
            ("the last was put away", &[nine, three, five, eight, away], &[five, eight, away]),
            ("the last is called otherwise", &[nine, three, five, eight, renamed], &[five, eight, renamed]),
            ("nothing is left", &[], &[]),
        ] {
            let page = things(there, first.next.as_deref(), 3).unwrap();
            assert_eq!((&*page.items, page.next), (rest, None), "{what}");
        }
    }

    #[test]
    fn cursor_of_another_kind_is_refused() {
        let Refusal(problem) = things(&[(false, "a", 1)], Some(&cursor("x", "1 7")), 3).err().unwrap();
        assert_eq!((problem.kind.status(), problem.at("after").is_some()), (422, true));
    }

    #[test]
    fn next_link_preserves_query_parameters() {
        let uri = "/api/v1/people?search=a%26b&after=old&limit=2".parse().unwrap();
        let link = link(&uri, &Next("new".into())).unwrap();
        assert_eq!(link, r#"</api/v1/people?search=a%26b&limit=2&after=new>; rel="next""#);
    }
}
