//! A server that answers as a story wishes. It knows nothing of Grid.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server on loopback, for as long as the tests run.
pub(crate) struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Asked {
    /// `GET`, `POST`, …
    pub(crate) fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

impl Server {
    /// Answers each connection's one request so. An error means that the client hung up.
    pub(crate) fn new(
        answer: impl Fn(&Asked, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::on_connect(move |stream, asked| {
            let request = read_request(stream)?;
            asked
                .lock()
                .expect("nobody panics with it")
                .push(request.clone());
            answer(&request, stream)
        })
    }

    /// The same with JSON for every answer: a status, headers and a body.
    pub(crate) fn json(
        answer: impl Fn(&Asked) -> (u16, String, String) + Send + Sync + 'static,
    ) -> Self {
        Self::new(move |asked, stream| {
            let (status, headers, body) = answer(asked);
            write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n\
                 Content-Length: {}\r\n{headers}\r\n{body}",
                body.len()
            )
        })
    }

    /// What a connection gets, whether or not it asks.
    pub(crate) fn on_connect(
        serve: impl Fn(&mut TcpStream, &Mutex<Vec<Asked>>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let asked = Arc::default();
        let (serve, shared) = (Arc::new(serve), Arc::clone(&asked));
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (serve, shared) = (Arc::clone(&serve), Arc::clone(&shared));
                thread::spawn(move || serve(&mut stream, &shared));
            }
        });
        Self { address, asked }
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/grid/2025-10-13", self.address)
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panics with it").clone()
    }
}

/// A head, and as much of a body as it promises.
pub(crate) fn read_request(stream: &TcpStream) -> io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Asked { head, body })
}
