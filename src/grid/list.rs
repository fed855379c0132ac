//! Paging: what is asked, what comes back, and the guard against a cursor that leads nowhere.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use crate::model::{Customer, Key};

/// What to list. A cursor is only good for the filter that it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFilter {
    /// Only customers updated at this time or later (Grid's bound is inclusive), in RFC 3339.
    pub updated_after: Option<String>,
    /// Whether deleted customers are listed too.
    pub including_deleted: bool,
    /// Only customers with this platform customer id. How exactly Grid matches is undocumented:
    /// check each customer that comes back.
    pub key: Option<Key>,
    /// Customers in a page, 1 to 100.
    pub limit: u32,
}

/// The most customers that Grid puts into one page.
pub const MAX_LIMIT: u32 = 100;

impl Default for ListFilter {
    fn default() -> Self {
        Self {
            updated_after: None,
            including_deleted: false,
            key: None,
            limit: MAX_LIMIT,
        }
    }
}

/// One page of customers.
pub struct Page {
    /// The customers, in Grid's order, which is undocumented. One may stand in two pages.
    pub customers: Vec<Customer>,
    /// Whether Grid says that more follow.
    pub has_more: bool,
    /// Where the next page begins; opaque.
    pub next_cursor: Option<String>,
    /// How many customers match in all, pages aside. Optional in Grid's answers.
    pub total_count: Option<u64>,
    /// The server's clock when it answered, in whole seconds.
    pub server_time: Option<jiff::Timestamp>,
}

/// What follows a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Another page, at this cursor.
    Next(String),
    /// Nothing: that was the last page.
    Done,
    /// The list cannot be followed to its end.
    Fault(ListFault),
}

/// Why a list cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// The page names itself as the next one.
    #[error("the next page's cursor is the one just used")]
    CursorDidNotMove,
    /// More is promised, but not where.
    #[error("more was announced without a cursor to it")]
    MoreWithoutCursor,
    /// The list leads back to a page that was read before.
    #[error("the next page's cursor was used before")]
    CursorRepeated,
    /// The cursor that the last page gave is refused.
    #[error("the cursor of the last page is refused")]
    CursorRefused,
    /// The cursor does not fit into a URL.
    #[error("the next page's cursor is longer than {LONGEST_CURSOR} bytes")]
    CursorTooLong,
    /// Page after page has nobody, or the same customers as a page before.
    #[error("the list goes on without end: {0} pages one after the other had nobody new")]
    NobodyNew(u32),
    /// A list that should hold a handful goes on and on.
    #[error("the filter seems to be ignored: the list goes on after {0} pages")]
    Endless(u32),
}

/// The longest cursor that is followed, in bytes.
const LONGEST_CURSOR: usize = 8 * 1024;

/// So many pages in a row may have nobody new. One may happen: a page comes twice where as many customers as
/// fill it were made in between.
const NOBODY_NEW: u32 = 50;

/// Follows a list from page to page and notices when it runs in a circle. Remembers 16 bytes for each
/// page: a million customers cost 160 kB.
#[derive(Debug, Default)]
pub struct ListGuard {
    hasher: RandomState,
    current: Option<u64>,
    seen: HashSet<u64>,
    /// Who stood in the pages, and how many of the last ones had nobody new.
    pages: HashSet<u64>,
    nobody_new: u32,
}

impl ListGuard {
    /// A guard for a list that begins, or goes on, at the cursor.
    pub fn starting_at(cursor: Option<&str>) -> Self {
        let mut guard = Self::default();
        if let Some(cursor) = cursor {
            let hash = guard.hasher.hash_one(cursor);
            guard.current = Some(hash);
            guard.seen.insert(hash);
        }
        guard
    }

    /// Says what follows the page that the last cursor led to.
    pub fn after(&mut self, page: &Page) -> Step {
        if page.has_more && self.goes_on_for_nobody(page) {
            return Step::Fault(ListFault::NobodyNew(NOBODY_NEW));
        }
        self.follows(page.has_more, page.next_cursor.as_deref())
    }

    /// The same for a page of whatever list.
    pub(super) fn follows(&mut self, has_more: bool, next_cursor: Option<&str>) -> Step {
        match (has_more, next_cursor) {
            (false, _) => Step::Done,
            (true, None) => Step::Fault(ListFault::MoreWithoutCursor),
            (true, Some(cursor)) if cursor.len() > LONGEST_CURSOR => {
                Step::Fault(ListFault::CursorTooLong)
            }
            (true, Some(cursor)) => self.follow(cursor),
        }
    }

    fn goes_on_for_nobody(&mut self, page: &Page) -> bool {
        let mut hasher = self.hasher.build_hasher();
        for customer in &page.customers {
            customer.customer_id.as_str().hash(&mut hasher);
        }
        let is_new = self.pages.insert(hasher.finish()) && !page.customers.is_empty();
        self.nobody_new = if is_new { 0 } else { self.nobody_new + 1 };
        self.nobody_new >= NOBODY_NEW
    }

    fn follow(&mut self, cursor: &str) -> Step {
        let hash = self.hasher.hash_one(cursor);
        if self.current == Some(hash) {
            return Step::Fault(ListFault::CursorDidNotMove);
        }
        if !self.seen.insert(hash) {
            return Step::Fault(ListFault::CursorRepeated);
        }
        self.current = Some(hash);
        Step::Next(cursor.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(has_more: bool, next_cursor: Option<&str>) -> Page {
        Page {
            customers: Vec::new(),
            has_more,
            next_cursor: next_cursor.map(str::to_owned),
            total_count: None,
            server_time: None,
        }
    }

    fn more(cursor: &str) -> Page {
        page(true, Some(cursor))
    }

    #[test]
    fn a_list_is_followed_to_its_end() {
        let mut guard = ListGuard::default();
        assert_eq!(guard.after(&more("a")), Step::Next("a".into()));
        assert_eq!(guard.after(&more("b")), Step::Next("b".into()));
        assert_eq!(guard.after(&page(false, None)), Step::Done);
    }

    #[test]
    fn a_cursor_beside_the_end_is_ignored() {
        assert_eq!(
            ListGuard::default().after(&page(false, Some("x"))),
            Step::Done
        );
    }

    #[test]
    fn a_cursor_that_does_not_move_is_a_fault() {
        let mut guard = ListGuard::default();
        guard.after(&more("a"));
        assert_eq!(
            guard.after(&more("a")),
            Step::Fault(ListFault::CursorDidNotMove)
        );
        let mut resumed = ListGuard::starting_at(Some("a"));
        assert_eq!(
            resumed.after(&more("a")),
            Step::Fault(ListFault::CursorDidNotMove)
        );
    }

    #[test]
    fn a_circle_is_a_fault() {
        let mut guard = ListGuard::starting_at(Some("a"));
        guard.after(&more("b"));
        guard.after(&more("c"));
        assert_eq!(
            guard.after(&more("a")),
            Step::Fault(ListFault::CursorRepeated)
        );
    }

    #[test]
    fn a_list_that_goes_on_for_nobody_ends() {
        let mut guard = ListGuard::default();
        let steps: Vec<Step> = (0..NOBODY_NEW)
            .map(|number| guard.after(&more(&number.to_string())))
            .collect();
        let (last, before) = steps.split_last().expect("some");
        assert!(before.iter().all(|step| matches!(step, Step::Next(_))));
        assert_eq!(*last, Step::Fault(ListFault::NobodyNew(NOBODY_NEW)));
    }

    #[test]
    fn a_cursor_fits_into_a_url() {
        let mut guard = ListGuard::default();
        let longest = "c".repeat(LONGEST_CURSOR);
        assert_eq!(guard.after(&more(&longest)), Step::Next(longest.clone()));
        assert_eq!(
            guard.after(&more(&format!("{longest}c"))),
            Step::Fault(ListFault::CursorTooLong)
        );
    }

    #[test]
    fn more_without_a_cursor_is_a_fault() {
        let fault = Step::Fault(ListFault::MoreWithoutCursor);
        assert_eq!(ListGuard::default().after(&page(true, None)), fault);
    }
}
