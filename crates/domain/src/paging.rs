//! Numbered pages of a list that is shown in parts.
//!
//! Invariant: a number past the end is that of the last page, so that an old link still shows something. Not here: lists
//! that grow at their beginning; their pages begin after an entry.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Machines or rooms on one page.
pub const ON_PAGE: usize = 50;

/// The part of a list that is on one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRange {
    /// The number of the page, from 1.
    pub page: u32,
    /// The place of the first entry in the list, from 1.
    pub first: u32,
    /// The place of the last entry, from 1; 0 in an empty list.
    pub last: u32,
    /// The number of entries on all pages.
    pub all: u32,
}

impl PageRange {
    /// Page number `page`, from 1, of a list of `all` entries, or the nearest page that exists.
    #[must_use]
    pub fn new(all: usize, page: usize) -> Self {
        let page = page.clamp(1, all.div_ceil(ON_PAGE).max(1));
        let before = (page - 1) * ON_PAGE;
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            page: number(page),
            first: number(before + 1),
            last: number(all.min(before + ON_PAGE)),
            all: number(all),
        }
    }

    /// The indexes of its entries, from 0.
    #[must_use]
    pub fn indexes(self) -> Range<usize> {
        let index = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        index(self.first - 1)..index(self.last)
    }

    /// The number of the page before it.
    #[must_use]
    pub fn previous(self) -> Option<u32> {
        (self.page > 1).then(|| self.page - 1)
    }

    /// The number of the page after it.
    #[must_use]
    pub fn next(self) -> Option<u32> {
        (self.last < self.all).then(|| self.page + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_a_list_without_gap_or_overlap() {
        for all in [0, 1, ON_PAGE - 1, ON_PAGE, ON_PAGE + 1, 20 * ON_PAGE + 7] {
            let (mut page, mut covered) = (PageRange::new(all, 1), Vec::new());
            assert_eq!(page.previous(), None, "{all}");
            loop {
                covered.extend(page.indexes());
                let Some(next) = page.next() else { break };
                page = PageRange::new(all, usize::try_from(next).unwrap());
                assert_eq!(page.previous(), Some(next - 1), "{all}");
            }
            assert_eq!(covered, (0..all).collect::<Vec<_>>());
        }
    }

    #[test]
    fn number_outside_the_list_is_the_nearest_page() {
        let last = PageRange { page: 3, first: 101, last: 120, all: 120 };
        assert_eq!(PageRange::new(120, 3), last);
        assert_eq!(PageRange::new(120, 99), last);
        assert_eq!(PageRange::new(120, 0), PageRange::new(120, 1));
        assert_eq!(PageRange::new(0, 7), PageRange { page: 1, first: 1, last: 0, all: 0 });
    }
}
