//! A server for tests that gives the answers of a script, one a connection, and keeps what it was
//! asked. It knows nothing of Grid.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What a connection gets.
pub(super) enum Reply {
    /// These bytes, then the end of the connection.
    Raw(String),
    /// Nothing, and the end of the connection.
    Drop,
    /// Nothing, for ever.
    Hang,
}

impl Reply {
    /// A whole answer.
    pub(super) fn new(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Raw(format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    /// A whole JSON answer.
    pub(super) fn json(status: u16, body: &str) -> Self {
        Self::new(status, "content-type: application/json\r\n", body)
    }

    /// A web page.
    pub(super) fn html(status: u16) -> Self {
        Self::new(
            status,
            "content-type: text/html\r\n",
            "<html><body>canary</body></html>",
        )
    }

    /// A JSON answer that promises more than it sends.
    pub(super) fn cut(status: u16, body: &str) -> Self {
        Self::Raw(format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: 9999\r\n\r\n{body}"
        ))
    }
}

/// The server. It stops with the runtime of its test.
pub(super) struct Scripted {
    pub(super) base_url: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(super) async fn with(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback binds");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(
            listener,
            script.into_iter().collect(),
            Arc::clone(&asked),
        ));
        let base_url = Url::parse(&format!("http://{address}/grid/v")).expect("a URL");
        Self { base_url, asked }
    }

    /// Every request so far, head and body as they came.
    pub(super) fn asked(&self) -> MutexGuard<'_, Vec<String>> {
        self.asked
            .lock()
            .expect("no test panics while it holds this")
    }
}

async fn serve(listener: TcpListener, mut script: VecDeque<Reply>, asked: Arc<Mutex<Vec<String>>>) {
    let mut hanging = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let request = read_request(&mut stream).await;
        asked
            .lock()
            .expect("no test panics while it holds this")
            .push(request);
        match script.pop_front() {
            Some(Reply::Raw(answer)) => {
                stream
                    .write_all(answer.as_bytes())
                    .await
                    .expect("the client listens");
                stream.shutdown().await.expect("the client listens");
            }
            Some(Reply::Hang) => hanging.push(stream),
            Some(Reply::Drop) | None => drop(stream),
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return text.into_owned();
        }
        let read = stream.read(&mut chunk).await.expect("the client sends");
        assert!(read > 0, "the client ends its request");
        request.extend_from_slice(&chunk[..read]);
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}
