//! The emulator on the wire: HTTP/1.1 on loopback, by hyper.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::body::Payload;
use super::error::Refusal;
use super::reply::{Delivery, Ending, Reply};
use super::request::Request;
use super::world::World;

/// Bodies over this are refused; a customer takes a few kilobytes.
const LARGEST_BODY: usize = 4 << 20;

/// Why the emulator does not serve, or stopped serving.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It must not be reachable from elsewhere: whoever reached it would take it for Grid.
    #[error("the emulator serves on loopback only, and {address} is not; use 127.0.0.1 or [::1]")]
    NotLoopback {
        /// What the listener is bound to.
        address: SocketAddr,
    },
    /// The listener does not work.
    #[error("the emulator cannot accept connections")]
    Listener(#[source] io::Error),
}

/// Serves a world until `shutdown` is done; connections that are open then are closed at once.
pub async fn run(
    listener: TcpListener,
    world: Arc<World>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address });
    }
    let mut shutdown = pin!(shutdown);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&world)))),
                // The peer was gone before it was accepted, or there are too many open files for now.
                Err(error) if is_passing(&error) => tokio::task::yield_now().await,
                Err(error) => return Err(ServeError::Listener(error)),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    // 23 and 24 are ENFILE and EMFILE.
    let crowded = matches!(error.raw_os_error(), Some(23 | 24));
    crowded
        || matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
        )
}

async fn serve(stream: TcpStream, world: Arc<World>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, &world));
    // Errors here are peers that went away, and the faults' own.
    let _ = http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
struct Dropped;

async fn answer(
    request: hyper::Request<Incoming>,
    world: &Arc<World>,
) -> Result<Response<Payload>, Dropped> {
    let _under_way = world.log.begin();
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        let reply = Refusal::new(413, "INVALID_INPUT", "The body is too large").into();
        return Ok(response(reply, Delivery::Whole, world, 0));
    };
    let request = Request::new(head.method, &head.uri, &head.headers, body.to_bytes());
    match world.answer(request).await {
        (Ending::Answer(reply, delivery), offset) => Ok(response(reply, delivery, world, offset)),
        (Ending::Drop, _) => Err(Dropped),
        (Ending::Stall, _) => pending().await,
    }
}

fn response(reply: Reply, delivery: Delivery, world: &World, offset: i64) -> Response<Payload> {
    let has_body = !reply.body.is_empty();
    let mut response = Response::new(Payload::new(reply.body, delivery));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).expect("the emulator's statuses are valid");
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("gridsync-emulator"));
    headers.insert(DATE, header(&world.clock.http_date(offset)));
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    }
    for (name, value) in reply.headers {
        headers.insert(name, header(&value));
    }
    response
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("dates and numbers are valid in headers")
}
