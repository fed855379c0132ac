//! The client against a server that follows a script.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::scripted::{Reply, Scripted};
use super::*;
use crate::model::field::Slot;
use crate::model::{
    AccountId, Customer, CustomerId, CustomerType, Edition, Key, Personal, Position, Secret, User,
    Value,
};

const ALICE: &str = r#"{"id":"Customer:1","platformCustomerId":"alice","customerType":"INDIVIDUAL","fullName":"canary"}"#;
const EMPTY_PAGE: &str = r#"{"data":[],"hasMore":false,"totalCount":0}"#;

fn settings(base_url: url::Url) -> Settings {
    Settings {
        base_url,
        edition: Edition::E2026_08,
        timeout: Duration::from_secs(5),
        pace: Pace::UNLIMITED,
        concurrency: 64,
        learned: None,
        retry: Retry {
            attempts: 4,
            total: Duration::from_secs(20),
            base: Duration::from_millis(1),
            cap: Duration::from_millis(5),
        },
        user_agent: "gridsync/test".into(),
    }
}

fn credentials() -> Credentials {
    Credentials {
        token_id: Secret::new("id"),
        client_secret: Secret::new("canary-secret"),
    }
}

fn client(settings: &Settings) -> Client {
    Client::new(settings, &credentials())
        .map_err(|error| error.to_string())
        .expect("a client")
}

async fn server(script: impl IntoIterator<Item = Reply>) -> (Scripted, Client) {
    let server = Scripted::with(script).await;
    let client = client(&settings(server.base_url.clone()));
    (server, client)
}

fn key(text: &str) -> Key {
    Key::new(text)
}

fn id(text: &str) -> CustomerId {
    CustomerId::new(text)
}

fn alice() -> User<'static> {
    let value = |path: &str, text: &'static str| {
        let slot = Slot::parse(path).expect("in the table");
        (slot, Personal::new(Value::Text(text.into())))
    };
    let mut values = vec![
        value("platformCustomerId", "alice"),
        value("customerType", "INDIVIDUAL"),
        value("fullName", "canary"),
    ];
    values.sort_unstable_by_key(|(slot, _)| *slot);
    User {
        key: key("alice"),
        customer_type: CustomerType::Individual,
        position: Position::default(),
        values,
    }
}

/// What one create comes to.
async fn create(reply: Reply) -> Result<Customer, Error> {
    let (server, client) = server([reply]).await;
    let writer = client.writer();
    let outcome = writer
        .create(writer.permit().await, &key("alice"), &writer.body(&alice()))
        .await;
    assert_eq!(server.asked().len(), 1, "one create is one request");
    outcome
}

async fn create_error(reply: Reply) -> Error {
    let error = create(reply).await.err().expect("no success");
    assert_silent(&error);
    assert_eq!(error.attempts(), 1);
    error
}

/// Nothing that was sent or answered shows, down to the last cause.
fn assert_silent(error: &Error) {
    let mut shown = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        write!(shown, " {next} {next:?}").expect("strings take all");
        cause = next.source();
    }
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn a_create_is_one_post_with_credentials_and_json() {
    let (server, client) = server([Reply::json(201, ALICE)]).await;
    let writer = client.writer();
    let body = writer.body(&alice());
    let customer = writer
        .create(writer.permit().await, &key("alice"), &body)
        .await
        .expect("created");
    assert_eq!(customer.customer_id, id("Customer:1"));
    assert!(!customer.values.is_empty(), "the answer's fields are kept");
    assert!(!format!("{body:?}").contains("canary"));
    let asked = server.asked();
    assert!(
        asked[0].starts_with("POST /grid/v/customers HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[0].contains("authorization: Basic aWQ6Y2FuYXJ5LXNlY3JldA=="));
    assert!(asked[0].contains("content-type: application/json"));
    assert!(asked[0].contains("user-agent: gridsync/test"));
    let (_, sent) = asked[0].split_once("\r\n\r\n").expect("a body");
    let sent: serde_json::Value = serde_json::from_str(sent).expect("JSON");
    let expected = serde_json::json!({
        "platformCustomerId": "alice", "customerType": "INDIVIDUAL", "fullName": "canary"
    });
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn every_answer_to_a_create_has_its_class() {
    let error = |code| format!(r#"{{"status":1,"code":"{code}","message":"canary"}}"#);
    let limited = Class::RateLimited { retry_after: None };
    for (status, code, class) in [
        (400, "INVALID_INPUT", Class::Refused),
        (401, "UNAUTHORIZED", Class::Auth),
        (403, "FORBIDDEN", Class::Auth),
        (404, "REFERENCE_NOT_FOUND", Class::Gone),
        (405, "METHOD_NOT_ALLOWED", Class::Refused),
        (408, "X", Class::Unknown),
        (409, "CONFLICT", Class::Conflict),
        (409, "NEW", Class::Conflict),
        (409, "UMA_ADDRESS_EXISTS", Class::UmaExists),
        (429, "RATE_LIMITED", limited),
        (429, "DAILY_VOLUME_LIMIT_EXCEEDED", Class::UsedUp),
        (500, "INTERNAL_ERROR", Class::Unknown),
        (501, "NOT_IMPLEMENTED", Class::Refused),
        (503, "X", Class::Unknown),
    ] {
        let error = create_error(Reply::json(status, &error(code))).await;
        assert_eq!(error.class(), class, "{status} {code}");
        assert_eq!((error.status(), error.code()), (Some(status), Some(code)));
        assert_eq!(error.message().map(|text| &**text.expose()), Some("canary"));
        assert_eq!(
            error.to_string(),
            format!("POST /customers: answered {status} {code}")
        );
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_believed_is_unknown() {
    for (body, told) in [
        (
            r#"{"id":"Customer:1","platformCustomerId":"canary"}"#,
            "is about another customer",
        ),
        (
            r#"{"id":"Customer:1","fullName":"canary"}"#,
            "is about another customer",
        ),
        (
            r#"{"platformCustomerId":"alice","fullName":"canary"}"#,
            "`id` should be a text and is absent",
        ),
        (
            r#"{"id":"Customer:1","fullName":"canary"#,
            "should be JSON and is broken off",
        ),
        ("", "should be JSON and is empty"),
        ("[]", "`id` should be a text and is absent"),
    ] {
        let error = create_error(Reply::json(201, body)).await;
        assert_eq!(error.class(), Class::Unknown, "{body}");
        assert_eq!(error.status(), Some(201));
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_or_missing_is_unknown() {
    let error = create_error(Reply::cut(201, ALICE)).await;
    assert_eq!(
        (error.class(), error.kind(), error.status()),
        (Class::Unknown, Kind::Broken, Some(201))
    );
    let error = create_error(Reply::Drop).await;
    assert_eq!(
        (error.class(), error.kind(), error.status()),
        (Class::Unknown, Kind::Broken, None)
    );
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let server = Scripted::with([Reply::Hang]).await;
    let timeout = Duration::from_millis(100);
    let writer = client(&Settings {
        timeout,
        ..settings(server.base_url.clone())
    })
    .writer();
    let error = writer
        .create(writer.permit().await, &key("alice"), &writer.body(&alice()))
        .await
        .err()
        .expect("no answer");
    assert_eq!(
        (error.class(), error.kind()),
        (Class::Unknown, Kind::Timeout)
    );
    assert!(error.elapsed() >= timeout);
    assert_silent(&error);
}

#[tokio::test]
async fn no_connection_means_not_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback binds");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let base_url = url::Url::parse(&format!("http://{address}/")).expect("a URL");
    let writer = client(&settings(base_url)).writer();
    let error = writer
        .delete(writer.permit().await, &id("canary"))
        .await
        .expect_err("refused");
    assert_eq!(
        (error.class(), error.kind()),
        (Class::NotSent, Kind::Connect)
    );
    assert_eq!(error.to_string(), "DELETE /customers/{id}: no connection");
    assert_silent(&error);
}

#[tokio::test]
async fn tls_that_fails_means_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback binds");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        stream
            .write_all(b"HTTP/1.1 400 No TLS here\r\n\r\n")
            .await
            .expect("it listens");
    });
    let base_url = url::Url::parse(&format!("https://{address}/")).expect("a URL");
    let client = match Client::new(&settings(base_url), &credentials()) {
        Ok(client) => client,
        Err(error) => return assert!(matches!(error, SetupError::Http(_)), "no root certificates"),
    };
    let writer = client.writer();
    let error = writer
        .delete(writer.permit().await, &id("c"))
        .await
        .expect_err("no TLS");
    assert_eq!(
        (error.class(), error.kind()),
        (Class::NotSent, Kind::Connect)
    );
}

#[tokio::test]
async fn web_pages_are_told_from_grid() {
    assert_eq!(create_error(Reply::html(401)).await.class(), Class::Auth);
    assert_eq!(create_error(Reply::html(403)).await.class(), Class::Auth);
    let error = create_error(Reply::html(200)).await;
    assert_eq!(error.class(), Class::Unknown);
    assert!(
        error
            .to_string()
            .ends_with("should be JSON and is a web page"),
        "{error}"
    );
    let error = create_error(Reply::html(404)).await;
    assert_eq!(error.class(), Class::Unknown);
    assert!(
        error
            .to_string()
            .ends_with("answered 404 with a web page; is the base URL right?")
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 307, 308] {
        let elsewhere = Scripted::with([Reply::json(201, ALICE)]).await;
        let location = format!("location: {}\r\n", elsewhere.base_url);
        let error = create_error(Reply::new(status, &location, "")).await;
        assert_eq!(
            (error.class(), error.status()),
            (Class::Refused, Some(status))
        );
        assert!(elsewhere.asked().is_empty(), "credentials stay here");
    }
}

#[tokio::test]
async fn an_error_names_fields_and_request_but_no_values() {
    let body = r#"{"code":"INVALID_INPUT","message":"canary is no e-mail","details":{"errors":[
        {"field":"email","message":"canary"},{"field":"businessInfo.taxId"},{"field":"can ary"}]}}"#;
    let headers = "content-type: application/json\r\nx-request-id: req-7\r\n";
    let error = create_error(Reply::new(400, headers, body)).await;
    assert_eq!(
        error.to_string(),
        "POST /customers: answered 400 INVALID_INPUT (fields: email, businessInfo.taxId) (request req-7)"
    );
    assert_eq!(error.request_id(), Some("req-7"));
}

#[tokio::test]
async fn a_429_pauses_every_request_of_the_client() {
    let busy = Reply::new(429, "retry-after: 1\r\n", "");
    let (server, client) = server([busy, Reply::json(200, EMPTY_PAGE)]).await;
    let writer = client.writer();
    let begun = Instant::now();
    let error = writer
        .delete(writer.permit().await, &id("c"))
        .await
        .expect_err("limited");
    assert_eq!(
        error.class(),
        Class::RateLimited {
            retry_after: Some(Duration::from_secs(1))
        }
    );
    client
        .reader()
        .total_active()
        .await
        .expect("after the pause");
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.asked().len(), 2);
    let state = client.throttle().state();
    assert_eq!((state.requests, state.rate_limited), (2, 1));
}

#[tokio::test]
async fn a_daily_quota_pauses_nobody() {
    let used_up = r#"{"code":"DAILY_VOLUME_LIMIT_EXCEEDED","message":"x"}"#;
    let (_server, client) = server([Reply::json(429, used_up)]).await;
    let error = client.reader().total_active().await.expect_err("used up");
    assert_eq!((error.class(), error.attempts()), (Class::UsedUp, 1));
    assert_eq!(client.throttle().state().paused_for, Duration::ZERO);
}

#[tokio::test]
async fn reads_are_tried_again_until_they_succeed() {
    let (server, client) = server([
        Reply::Drop,
        Reply::cut(200, EMPTY_PAGE),
        Reply::html(503),
        Reply::json(200, r#"{"data":[],"hasMore":false,"totalCount":7}"#),
    ])
    .await;
    assert_eq!(
        client.reader().total_active().await.expect("the fourth"),
        Some(7)
    );
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked[0].starts_with("GET /grid/v/customers?limit=1 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn retrying_is_bounded_in_number() {
    let (server, client) = server((0..9).map(|_| Reply::json(500, "{}"))).await;
    let error = client.reader().total_active().await.expect_err("down");
    assert_eq!((error.attempts(), server.asked().len()), (4, 4));
    let shown = error.to_string();
    assert!(
        shown.starts_with("GET /customers: answered 500 after 4 attempts in "),
        "{shown}"
    );
}

#[tokio::test]
async fn retrying_is_bounded_in_time() {
    for status in [429, 503] {
        let (server, client) = server([Reply::new(status, "retry-after: 21\r\n", "")]).await;
        let begun = Instant::now();
        let error = client
            .reader()
            .total_active()
            .await
            .expect_err("too long a wait");
        assert_eq!((error.attempts(), server.asked().len()), (1, 1));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(21)));
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "it gives up at once"
        );
    }
}

#[tokio::test]
async fn a_503_that_names_its_pause_is_obeyed() {
    let later = Reply::new(503, "retry-after: 1\r\n", "");
    let (_server, client) = server([later, Reply::json(200, EMPTY_PAGE)]).await;
    let begun = Instant::now();
    client.reader().total_active().await.expect("the second");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn what_is_final_is_not_tried_again() {
    for status in [400, 401, 403, 405, 501] {
        let (server, client) = server([Reply::json(status, "{}")]).await;
        let error = client.reader().total_active().await.expect_err("final");
        assert_eq!((error.attempts(), server.asked().len()), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn a_page_carries_the_servers_clock() {
    let headers = "date: Tue, 21 Oct 2025 07:00:00 GMT\r\n";
    let body = format!(r#"{{"data":[{ALICE}],"hasMore":true,"nextCursor":"c2"}}"#);
    let (server, client) = server([Reply::new(200, headers, &body)]).await;
    let filter = ListFilter {
        including_deleted: true,
        ..ListFilter::default()
    };
    let page = client
        .reader()
        .page(&filter, Some("c1"))
        .await
        .expect("a page");
    assert_eq!(
        page.server_time.map(|time| time.to_string()).as_deref(),
        Some("2025-10-21T07:00:00Z")
    );
    assert_eq!(
        (page.customers.len(), page.next_cursor.as_deref()),
        (1, Some("c2"))
    );
    let query = "GET /grid/v/customers?limit=100&isIncludingDeleted=true&cursor=c1 HTTP";
    assert!(server.asked()[0].starts_with(query));
}

#[tokio::test]
async fn a_lookup_takes_exact_active_matches_from_all_pages() {
    let first = format!(
        r#"{{"data":[
            {{"id":"Customer:2","platformCustomerId":"ALICE"}},
            {{"id":"Customer:3","platformCustomerId":"alice2"}},
            {{"id":"Customer:4","platformCustomerId":"alice","isDeleted":true}},
            {{"id":"Customer:5"}},{ALICE}],"hasMore":true,"nextCursor":"n"}}"#
    );
    let second = format!(
        r#"{{"data":[{ALICE},{{"id":"Customer:6","platformCustomerId":"alice"}}],"hasMore":false}}"#
    );
    let (server, client) = server([Reply::json(200, &first), Reply::json(200, &second)]).await;
    let found = client.reader().lookup(&key("alice")).await.expect("found");
    let ids: Vec<_> = found
        .iter()
        .map(|customer| customer.customer_id.as_str())
        .collect();
    assert_eq!(ids, ["Customer:1", "Customer:6"]);
    assert!(server.asked()[1].contains("?limit=100&platformCustomerId=alice&cursor=n HTTP"));
}

#[tokio::test]
async fn a_lookup_that_cannot_be_finished_is_no_absence() {
    let more = |cursor: &str| {
        Reply::json(
            200,
            &format!(r#"{{"data":[],"hasMore":true,"nextCursor":{cursor}}}"#),
        )
    };
    let fault = async |script: Vec<Reply>| {
        let (_server, client) = server(script).await;
        let error = client
            .reader()
            .lookup(&key("a"))
            .await
            .err()
            .expect("no absence");
        assert_eq!(error.class(), Class::Unknown);
        error.kind()
    };
    let stuck = fault(vec![more("\"x\""), more("\"x\"")]).await;
    assert_eq!(stuck, Kind::List(ListFault::CursorDidNotMove));
    let lost = fault(vec![more("null")]).await;
    assert_eq!(lost, Kind::List(ListFault::MoreWithoutCursor));
    let endless = fault((0..20).map(|n| more(&format!("\"{n}\""))).collect()).await;
    assert_eq!(endless, Kind::List(ListFault::Endless(20)));
}

#[tokio::test]
async fn a_customer_is_there_deleted_or_absent() {
    let found = async |reply: Reply| {
        let (_server, client) = server([reply]).await;
        match client.reader().customer(&id("Customer:1")).await {
            Ok(Found::Active(customer)) => format!("active {}", customer.customer_id),
            Ok(Found::Deleted) => "deleted".to_owned(),
            Ok(Found::Absent) => "absent".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    let deleted = r#"{"id":"Customer:1","isDeleted":true}"#;
    let unknown = r#"{"status":404,"code":"CUSTOMER_NOT_FOUND","message":"x"}"#;
    assert_eq!(found(Reply::json(200, ALICE)).await, "active Customer:1");
    assert_eq!(found(Reply::json(200, deleted)).await, "deleted");
    assert_eq!(found(Reply::json(410, "")).await, "deleted");
    assert_eq!(found(Reply::json(404, unknown)).await, "absent");
    assert_eq!(found(Reply::json(404, "")).await, "absent");
    assert_eq!(
        found(Reply::json(200, r#"{"id":"Customer:2"}"#)).await,
        "GET /customers/{id}: the answer is about another customer"
    );
}

/// A 404 says that a customer is gone, unless it is a gateway's; and one that breaks off might be.
#[tokio::test]
async fn a_404_that_breaks_off_is_no_news_of_anybody() {
    let broken = || Reply::cut(404, r#"{"status":404,"code":"CUSTOMER_NOT_F"#);
    let deleted = || Reply::json(200, r#"{"id":"Customer:1","isDeleted":true}"#);
    let (server, client) = server([broken(), deleted(), broken(), broken()]).await;
    let (reader, writer) = (client.reader(), client.writer());
    let found = reader.customer(&id("Customer:1")).await;
    assert!(matches!(found, Ok(Found::Deleted)), "it was asked again");
    let permit = writer.permit().await;
    let error = writer.delete(permit, &id("Customer:1")).await;
    let error = error.expect_err("no success");
    assert_eq!((error.class(), error.status()), (Class::Unknown, Some(404)));
    let error = reader.lookup(&key("alice")).await.err();
    let class = error.expect("no absence").class();
    assert_eq!(class, Class::Unknown);
    assert!(server.asked().len() > 4, "the look-up was tried again");
}

#[tokio::test]
async fn a_delete_is_done_when_the_answer_shows_that_customer() {
    let delete = async |reply: Reply| {
        let (server, client) = server([reply]).await;
        let writer = client.writer();
        let outcome = writer
            .delete(writer.permit().await, &id("Customer:1"))
            .await;
        let path = "DELETE /grid/v/customers/Customer:1 HTTP/1.1\r\n";
        assert!(server.asked()[0].starts_with(path));
        outcome.map_err(|error| error.class())
    };
    let other = ALICE.replace("Customer:1", "Customer:2");
    assert_eq!(delete(Reply::json(200, ALICE)).await, Ok(()));
    for unclear in [
        Reply::json(200, &other),
        Reply::json(200, "{}"),
        Reply::json(204, ""),
        Reply::html(200),
        Reply::cut(200, ALICE),
        Reply::html(404),
        Reply::Drop,
    ] {
        assert_eq!(delete(unclear).await, Err(Class::Unknown));
    }
    assert_eq!(delete(Reply::json(404, "{}")).await, Err(Class::Gone));
    assert_eq!(delete(Reply::json(410, "")).await, Err(Class::Gone));
}

#[tokio::test]
async fn an_id_that_would_name_the_collection_is_never_sent() {
    let (server, client) = server([]).await;
    let writer = client.writer();
    for unusable in ["", ".", ".."] {
        let error = writer
            .delete(writer.permit().await, &id(unusable))
            .await
            .expect_err("refused");
        assert_eq!(
            (error.class(), error.kind()),
            (Class::Refused, Kind::UnusableId)
        );
        assert!(client.reader().customer(&id(unusable)).await.is_err());
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn an_answer_without_end_is_cut_short() {
    let endless = format!("\"{}\"", "x".repeat(17 * 1024 * 1024));
    let (_server, client) = server([Reply::json(200, &endless)]).await;
    let writer = client.writer();
    let outcome = writer
        .create(writer.permit().await, &key("alice"), &writer.body(&alice()))
        .await;
    let error = outcome.err().expect("too large");
    assert_eq!(
        (error.class(), error.kind()),
        (Class::Unknown, Kind::TooLarge)
    );
}

#[test]
fn a_client_that_would_leak_or_race_is_not_made() {
    let refused = |url: &str, pace| {
        let base_url = url::Url::parse(url).expect("a URL");
        Client::new(
            &Settings {
                pace,
                ..settings(base_url)
            },
            &credentials(),
        )
        .err()
    };
    let http = refused("http://api.lightspark.com/grid", Pace::UNLIMITED);
    assert!(matches!(http, Some(SetupError::Insecure)));
    let fast = refused(
        "http://127.0.0.1/",
        Pace {
            rate: 0.0,
            ..Pace::UNLIMITED
        },
    );
    assert!(matches!(fast, Some(SetupError::Pace(_))));
}

#[tokio::test]
async fn every_call_may_run_as_a_task_of_its_own() {
    fn may_be_spawned<T: Send>(_: T) {}
    let (_server, client) = server([]).await;
    let (reader, writer) = (client.reader(), client.writer());
    let (key, id) = (key("a"), id("c"));
    let body = writer.body(&alice());
    may_be_spawned(reader.page(&ListFilter::default(), None));
    may_be_spawned(reader.lookup(&key));
    may_be_spawned(reader.customer(&id));
    may_be_spawned(reader.total_active());
    may_be_spawned(writer.delete(writer.permit().await, &id));
    may_be_spawned(writer.create(writer.permit().await, &key, &body));
}

const ACCOUNT: &str = r#"{"id":"ExternalAccount:1","customerId":"Customer:1","currency":"MXN","status":"ACTIVE","accountInfo":{"accountType":"MXN_ACCOUNT","clabeNumber":"032180000118359719","beneficiary":{"beneficiaryType":"INDIVIDUAL","fullName":"canary"}}}"#;

/// Alice's bank account, as Customer:1's.
fn account_of_alice() -> AccountBody {
    let mut user = alice();
    let fields = [
        ("externalAccount.accountInfo.accountType", "MXN_ACCOUNT"),
        (
            "externalAccount.accountInfo.clabeNumber",
            "032180000118359719",
        ),
    ];
    user.values.extend(fields.map(|(path, text)| {
        let slot = Slot::parse(path).expect("in the table");
        (slot, Personal::new(Value::Text(text.into())))
    }));
    user.values.sort_unstable_by_key(|(slot, _)| *slot);
    let draft = AccountDraft::new(&user).expect("the user has an account");
    draft.of(&id("Customer:1"))
}

async fn create_account(reply: Reply) -> Result<Account, Error> {
    let (server, client) = server([reply]).await;
    let writer = client.writer();
    let body = account_of_alice();
    let outcome = writer.create_account(writer.permit().await, &body).await;
    assert_eq!(server.asked().len(), 1, "one create is one request");
    outcome
}

#[test]
fn a_user_without_an_account_has_nothing_to_send() {
    assert!(AccountDraft::new(&alice()).is_none());
}

#[tokio::test]
async fn an_account_is_never_sent_without_its_customer() {
    let (server, client) = server([Reply::json(201, ACCOUNT)]).await;
    let writer = client.writer();
    let account = writer
        .create_account(writer.permit().await, &account_of_alice())
        .await
        .expect("created");
    assert_eq!(account.account_id.as_str(), "ExternalAccount:1");
    let asked = server.asked();
    assert!(
        asked[0].starts_with("POST /grid/v/customers/external-accounts HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    let (_, sent) = asked[0].split_once("\r\n\r\n").expect("a body");
    let sent: serde_json::Value = serde_json::from_str(sent).expect("JSON");
    let expected = serde_json::json!({
        "customerId": "Customer:1",
        "currency": "MXN",
        "accountInfo": {
            "accountType": "MXN_ACCOUNT",
            "clabeNumber": "032180000118359719",
            "beneficiary": { "beneficiaryType": "INDIVIDUAL", "fullName": "canary" },
        },
    });
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn an_answer_about_another_customers_account_leaves_the_outcome_unknown() {
    for body in [
        ACCOUNT.replace("Customer:1", "Customer:2"),
        ACCOUNT.replace("ExternalAccount:1", ""),
        "{}".to_owned(),
    ] {
        let error = create_account(Reply::json(201, &body)).await;
        let error = error.err().expect("no success");
        assert_eq!(error.class(), Class::Unknown, "{body}");
        assert_silent(&error);
    }
    let silent = ACCOUNT.replace(r#""customerId":"Customer:1","#, "");
    let account = create_account(Reply::json(201, &silent)).await;
    assert!(account.is_ok(), "whose it is was said by the request");
}

#[tokio::test]
async fn the_accounts_of_a_customer_are_read_to_the_last_page() {
    let page = |ids: &[(&str, &str)], next: Option<&str>| {
        let data: Vec<_> = ids
            .iter()
            .map(|(id, customer)| serde_json::json!({"id": id, "customerId": customer}))
            .collect();
        let page = serde_json::json!({"data": data, "hasMore": next.is_some(), "nextCursor": next});
        Reply::json(200, &page.to_string())
    };
    let (server, client) = server([
        page(
            &[("A", "Customer:1"), ("other", "Customer:2")],
            Some("next"),
        ),
        page(&[("A", "Customer:1"), ("B", "Customer:1")], None),
    ])
    .await;
    let found = client.reader().accounts(&id("Customer:1")).await;
    let found = found.expect("listed");
    let ids: Vec<_> = found
        .iter()
        .map(|account| account.account_id.as_str())
        .collect();
    assert_eq!(ids, ["A", "B"], "once each, and this customer's only");
    assert!(server.asked()[1].contains("customerId=Customer%3A1&cursor=next"));
}

#[tokio::test]
async fn a_list_of_accounts_that_leads_nowhere_proves_no_absence() {
    for page in [
        r#"{"data":[],"hasMore":true}"#,
        r#"{"hasMore":false}"#,
        r#"{"data":[{"customerId":"Customer:1"}],"hasMore":false}"#,
    ] {
        let pages = (0..4).map(|_| Reply::json(200, page));
        let (_server, client) = server(pages).await;
        let error = client.reader().accounts(&id("Customer:1")).await;
        let error = error.err().expect("no answer");
        assert_eq!(error.class(), Class::Unknown, "{page}");
    }
}

#[tokio::test]
async fn an_account_is_deleted_when_grid_says_so_and_no_gateway() {
    let deleted = async |reply| {
        let (server, client) = server([reply]).await;
        let writer = client.writer();
        let id = AccountId::new("ExternalAccount:1");
        let outcome = writer.delete_account(writer.permit().await, &id).await;
        assert!(server.asked()[0].starts_with(
            "DELETE /grid/v/customers/external-accounts/ExternalAccount:1 HTTP/1.1\r\n"
        ));
        outcome.err().map(|error| error.class())
    };
    assert_eq!(deleted(Reply::new(204, "", "")).await, None);
    assert_eq!(deleted(Reply::json(200, "{}")).await, None);
    assert_eq!(deleted(Reply::html(200)).await, Some(Class::Unknown));
    assert_eq!(deleted(Reply::cut(404, "{")).await, Some(Class::Unknown));
    let code = |code: &str| format!(r#"{{"status":1,"code":"{code}","message":"canary"}}"#);
    let gone = deleted(Reply::json(404, &code("REFERENCE_NOT_FOUND"))).await;
    assert_eq!(gone, Some(Class::Gone));
    let trusted = deleted(Reply::json(409, &code("BENEFICIARY_TRUSTED"))).await;
    assert_eq!(trusted, Some(Class::Conflict));
}
