//! One request as a value: its verb, where it goes, what it carries.

use bytes::Bytes;
use url::{Url, form_urlencoded};

use crate::model::{AccountId, CustomerId, Personal};

use super::list::{ListFilter, MAX_LIMIT};

/// The verbs in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Delete,
}

impl Verb {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A request without anything personal in it, for errors and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) verb: Verb,
    /// A template: ids stand as `{id}`.
    pub(super) path: &'static str,
}

/// A request, ready to be sent any number of times.
pub(super) struct Call {
    pub(super) route: Route,
    pub(super) url: Url,
    pub(super) body: Option<Personal<Bytes>>,
}

/// Makes calls to the endpoints under one base URL.
pub(super) struct Endpoints {
    customers: Url,
    accounts: Url,
    config: Url,
}

pub(super) const LIST: Route = Route {
    verb: Verb::Get,
    path: "/customers",
};
const CONFIG: Route = Route {
    verb: Verb::Get,
    path: "/config",
};
const CREATE: Route = Route {
    verb: Verb::Post,
    path: "/customers",
};
pub(super) const GET: Route = Route {
    verb: Verb::Get,
    path: "/customers/{id}",
};
pub(super) const DELETE: Route = Route {
    verb: Verb::Delete,
    path: "/customers/{id}",
};

pub(super) const LIST_ACCOUNTS: Route = Route {
    verb: Verb::Get,
    path: "/customers/external-accounts",
};
const CREATE_ACCOUNT: Route = Route {
    verb: Verb::Post,
    path: "/customers/external-accounts",
};
pub(super) const DELETE_ACCOUNT: Route = Route {
    verb: Verb::Delete,
    path: "/customers/external-accounts/{id}",
};

/// The longest id that is put into a path, in bytes. Grid's have 45.
pub(super) const LONGEST_ID: usize = 1024;

impl Endpoints {
    /// The base URL was checked before: it has a host and no query.
    pub(super) fn under(base_url: &Url) -> Self {
        let under = |path: &[&str]| {
            let mut url = base_url.clone();
            url.path_segments_mut()
                .expect("http and https URLs have paths")
                .pop_if_empty()
                .extend(path);
            url
        };
        Self {
            customers: under(&["customers"]),
            accounts: under(&["customers", "external-accounts"]),
            config: under(&["config"]),
        }
    }

    pub(super) fn config(&self) -> Call {
        Call {
            route: CONFIG,
            url: self.config.clone(),
            body: None,
        }
    }

    pub(super) fn list(&self, filter: &ListFilter, cursor: Option<&str>) -> Call {
        let mut url = self.customers.clone();
        url.set_query(Some(&query(filter, cursor)));
        Call {
            route: LIST,
            url,
            body: None,
        }
    }

    pub(super) fn create(&self, body: Personal<Bytes>) -> Call {
        Call {
            route: CREATE,
            url: self.customers.clone(),
            body: Some(body),
        }
    }

    /// A call to one customer's own URL; `None` where the id cannot stand in a path.
    pub(super) fn customer(&self, route: Route, id: &CustomerId) -> Option<Call> {
        Some(Call {
            route,
            url: below(&self.customers, id.as_str())?,
            body: None,
        })
    }

    /// The bank accounts of one customer.
    pub(super) fn list_accounts(&self, customer_id: &CustomerId, cursor: Option<&str>) -> Call {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", &MAX_LIMIT.to_string());
        query.append_pair("customerId", customer_id.as_str());
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let mut url = self.accounts.clone();
        url.set_query(Some(&spaced(&query.finish())));
        Call {
            route: LIST_ACCOUNTS,
            url,
            body: None,
        }
    }

    pub(super) fn create_account(&self, body: Personal<Bytes>) -> Call {
        Call {
            route: CREATE_ACCOUNT,
            url: self.accounts.clone(),
            body: Some(body),
        }
    }

    /// `None` where the id cannot stand in a path.
    pub(super) fn delete_account(&self, id: &AccountId) -> Option<Call> {
        Some(Call {
            route: DELETE_ACCOUNT,
            url: below(&self.accounts, id.as_str())?,
            body: None,
        })
    }
}

/// The URL of one member of a collection; `None` where its id cannot stand in a path.
fn below(collection: &Url, id: &str) -> Option<Url> {
    // These would name the collection or its parent, and a DELETE there is not to be tried.
    if matches!(id, "" | "." | "..") || id.len() > LONGEST_ID {
        return None;
    }
    let mut url = collection.clone();
    url.set_path(&format!("{}/{}", url.path(), segment(id)));
    Some(url)
}

/// The text as one segment of a path. Encoded here in full, because the URL parser would drop tabs and
/// line breaks, and what is left might name another place. The colon of Grid's ids stays as it is.
fn segment(text: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20").replace("%3A", ":")
}

/// Only what is asked for is sent: Grid's editions know different filters.
fn query(filter: &ListFilter, cursor: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &filter.limit.to_string());
    if let Some(key) = &filter.key {
        query.append_pair("platformCustomerId", key.as_str());
    }
    if let Some(time) = &filter.updated_after {
        query.append_pair("updatedAfter", time);
    }
    if filter.including_deleted {
        query.append_pair("isIncludingDeleted", "true");
    }
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    }
    spaced(&query.finish())
}

/// A plus that stands for a space is a habit of forms; `%20` is a space everywhere.
fn spaced(query: &str) -> String {
    query.replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    fn endpoints(base_url: &str) -> Endpoints {
        Endpoints::under(&Url::parse(base_url).expect("a URL"))
    }

    fn path_of(id: &str) -> Option<String> {
        let call = endpoints("https://h/grid/v").customer(GET, &CustomerId::new(id))?;
        Some(call.url.path().to_owned())
    }

    #[test]
    fn the_base_url_may_end_in_a_slash() {
        let list = |base: &str| {
            endpoints(base)
                .list(&ListFilter::default(), None)
                .url
                .to_string()
        };
        assert_eq!(
            list("https://h/grid/v"),
            "https://h/grid/v/customers?limit=100"
        );
        assert_eq!(
            list("https://h/grid/v/"),
            "https://h/grid/v/customers?limit=100"
        );
        assert_eq!(list("https://h"), "https://h/customers?limit=100");
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        let path = |id| path_of(id).expect("usable");
        assert_eq!(path("Customer:0195-a"), "/grid/v/customers/Customer:0195-a");
        assert_eq!(
            path("a/../b?c#d%2e"),
            "/grid/v/customers/a%2F..%2Fb%3Fc%23d%252e"
        );
        assert_eq!(path("a\\b\n"), "/grid/v/customers/a%5Cb%0A");
        assert_eq!(path("é +"), "/grid/v/customers/%C3%A9%20%2B");
        assert_eq!(path(".\n."), "/grid/v/customers/.%0A.");
    }

    #[test]
    fn an_id_that_names_another_place_is_refused() {
        assert_eq!(path_of(""), None);
        assert_eq!(path_of("."), None);
        assert_eq!(path_of(".."), None);
        assert_eq!(path_of(&"x".repeat(LONGEST_ID + 1)), None);
        assert_eq!(
            path_of("%2e%2e").as_deref(),
            Some("/grid/v/customers/%252e%252e")
        );
    }

    #[test]
    fn an_account_has_a_place_of_its_own_below_customers() {
        let endpoints = endpoints("https://h/grid/v");
        let list = |cursor| endpoints.list_accounts(&CustomerId::new("Customer:1 &"), cursor);
        assert_eq!(
            list(None).url.as_str(),
            "https://h/grid/v/customers/external-accounts?limit=100&customerId=Customer%3A1%20%26"
        );
        let cursor = list(Some("a+b"));
        assert!(cursor.url.as_str().ends_with("&cursor=a%2Bb"));
        let deleted = |id| endpoints.delete_account(&AccountId::new(id));
        let call = deleted("ExternalAccount:1/2").expect("usable");
        assert_eq!(
            call.url.path(),
            "/grid/v/customers/external-accounts/ExternalAccount:1%2F2"
        );
        for other_place in ["", ".", ".."] {
            assert!(deleted(other_place).is_none(), "{other_place}");
        }
    }

    #[test]
    fn filters_survive_any_character() {
        let filter = ListFilter {
            updated_after: Some("2025-10-03T12:00:00+02:00".into()),
            including_deleted: true,
            key: Some(Key::new("a&b?c=d%e f+g/é#")),
            limit: 7,
        };
        let url = endpoints("https://h/").list(&filter, Some("c=&+ x")).url;
        assert!(!url.query().expect("a query").contains(['+', ' ', '#', 'é']));
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let expected = [
            ("limit", "7"),
            ("platformCustomerId", "a&b?c=d%e f+g/é#"),
            ("updatedAfter", "2025-10-03T12:00:00+02:00"),
            ("isIncludingDeleted", "true"),
            ("cursor", "c=&+ x"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
