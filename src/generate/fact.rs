//! What a reply tells about itself: its status, and how its list is one page of a longer one.

use crate::generate::echo::Echo;

/// What a property tells about the reply, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// The status of an error.
    Status,
    /// How many items there are on all pages.
    Total,
    /// How many pages there are.
    Pages,
    /// The number of this page, from 1.
    Page,
    /// The most items of a page.
    Size,
    /// How many items lie before this page.
    Offset,
    HasNext,
    HasPrevious,
    Next,
    Previous,
}

/// A value that is written without being drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Null,
    Boolean(bool),
    Whole(i64),
}

/// The facts of one reply. Its list is always the last page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// The status; 0 if none is known.
    pub status: u16,
    /// How many items the list has; `None` if the reply has no list.
    pub count: Option<usize>,
    /// The page and its size, or the offset, that were asked for.
    page: Option<i64>,
    size: Option<i64>,
    offset: Option<i64>,
}

const FACTS: [(Fact, &[&str]); 10] = [
    (Fact::Status, &["code", "status", "statuscode", "httpstatus", "httpcode", "httpstatuscode"]),
    (
        Fact::Total,
        &[
            "total",
            "totalcount",
            "totalresults",
            "totalitems",
            "totalrecords",
            "totalelements",
            "totalentries",
            "totalsize",
            "count",
            "itemcount",
            "recordcount",
            "resultcount",
        ],
    ),
    (Fact::Pages, &["totalpages", "pagecount", "numpages", "lastpage", "pages"]),
    (Fact::Page, &["page", "currentpage", "pagenumber"]),
    (Fact::Size, &["limit", "perpage", "pagesize", "itemsperpage"]),
    (Fact::Offset, &["offset", "skip"]),
    (Fact::HasNext, &["hasnext", "hasmore", "hasnextpage"]),
    (Fact::HasPrevious, &["hasprev", "hasprevious", "hasprevpage", "haspreviouspage"]),
    (
        Fact::Next,
        &["next", "nextpage", "nexturl", "nextpageurl", "nextcursor", "nextpagetoken", "nextoffset"],
    ),
    (Fact::Previous, &["prev", "previous", "prevpage", "previouspage", "previousurl", "prevpageurl"]),
];
/// The size of a page where none was asked for.
const SIZES: [i64; 5] = [10, 20, 50, 100, 1000];

impl Fact {
    /// What a property of this folded name tells.
    pub fn of(folded: &str) -> Option<Self> {
        Self::by(|name| name == folded)
    }

    /// What a property tells that goes by a name.
    fn by(is_named: impl Fn(&str) -> bool) -> Option<Self> {
        FACTS.iter().find(|(_, names)| names.iter().any(|name| is_named(name))).map(|(fact, _)| *fact)
    }
}

impl Facts {
    /// The facts of a reply of this status, with what the request asked of the page.
    pub fn of(status: u16, echo: &[Echo<'_>]) -> Self {
        let mut facts = Self { status, ..Self::default() };
        for wished in echo {
            let Some(number) = wished.value.as_i64().filter(|number| (0..1 << 40).contains(number)) else {
                continue;
            };
            match Fact::by(|name| wished.is_named(name)) {
                Some(Fact::Page) => facts.page = Some(number.max(1)),
                Some(Fact::Size) => facts.size = Some(number),
                Some(Fact::Offset) => facts.offset = Some(number),
                Some(
                    Fact::Status
                    | Fact::Total
                    | Fact::Pages
                    | Fact::HasNext
                    | Fact::HasPrevious
                    | Fact::Next
                    | Fact::Previous,
                )
                | None => {}
            }
        }
        facts
    }

    /// The most items that the request asked for.
    pub fn most(&self) -> Option<usize> {
        self.size.map(|size| size as usize)
    }

    /// The value of a fact; `None` where nothing is known.
    pub fn value(&self, fact: Fact) -> Option<Scalar> {
        if fact == Fact::Status {
            return (self.status >= 400).then(|| Scalar::Whole(i64::from(self.status)));
        }
        let count = self.count? as i64;
        let size = self.size.filter(|size| *size > 0);
        let size = size.unwrap_or_else(|| SIZES.into_iter().find(|size| *size >= count).unwrap_or(count));
        let (page, offset) = match (self.page, self.offset) {
            (_, Some(offset)) => (offset / size + 1, offset),
            (page, None) => (page.unwrap_or(1), (page.unwrap_or(1) - 1) * size),
        };
        Some(match fact {
            Fact::Total => Scalar::Whole(offset + count),
            Fact::Pages | Fact::Page => Scalar::Whole(page),
            Fact::Size => Scalar::Whole(size),
            Fact::Offset => Scalar::Whole(offset),
            Fact::HasNext => Scalar::Boolean(false),
            Fact::HasPrevious => Scalar::Boolean(offset > 0),
            Fact::Previous if page > 1 => Scalar::Whole(page - 1),
            Fact::Next | Fact::Previous => Scalar::Null,
            Fact::Status => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_facts_of_a_page_agree() {
        let (page, size): (Value, Value) = (json!(3), json!(20));

        let mut facts = Facts { count: Some(7), ..Facts::default() };
        assert_eq!(facts.value(Fact::Total), Some(Scalar::Whole(7)));
        assert_eq!(facts.value(Fact::Size), Some(Scalar::Whole(10)));
        facts = Facts {
            count: Some(7),
            ..Facts::of(200, &[Echo::new("page", &page), Echo::new("pagesize", &size)])
        };
        assert_eq!(facts.value(Fact::Total), Some(Scalar::Whole(47)));
        assert_eq!(facts.value(Fact::Pages), Some(Scalar::Whole(3)));
        assert_eq!(facts.value(Fact::HasPrevious), Some(Scalar::Boolean(true)));
        assert_eq!(facts.value(Fact::Previous), Some(Scalar::Whole(2)));
        assert_eq!(facts.value(Fact::HasNext), Some(Scalar::Boolean(false)));
    }
}
