//! A server of HTTP/1.1 on the loopback interface: one request for each connection, and it can misbehave.

use std::fmt::Write as _; // To a String it can't fail.
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`, …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Seen {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query
            .split('&')
            .filter_map(|it| it.split_once('='))
            .find(|(it, _)| *it == name)
            .map(|(_, value)| value)
    }
}

/// What goes back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Close the connection after so many bytes of the body; 0 sends nothing at all.
    pub(crate) cut: Option<usize>,
}

/// Serves for as long as the process lives.
pub(crate) fn serve(handle: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            thread::spawn(move || {
                // A client that goes away is part of the tests.
                let _ = talk(&stream, handle.as_ref());
            });
        }
    });
    Ok(address)
}

fn talk(stream: &TcpStream, handle: &dyn Fn(&Seen) -> Answer) -> io::Result<()> {
    let Some(seen) = read(&mut BufReader::new(stream))? else { return Ok(()) };
    let answer = handle(&seen);
    if answer.cut == Some(0) {
        return Ok(());
    }
    let mut out = stream;
    let mut head = format!("HTTP/1.1 {} x\r\nconnection: close\r\n", answer.status);
    if answer.status != 204 {
        let _ = write!(head, "content-length: {}\r\n", answer.body.len());
    }
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    out.write_all(head.as_bytes())?;
    out.write_all(b"\r\n")?;
    let body = answer.body.as_bytes();
    out.write_all(body.get(..answer.cut.unwrap_or(body.len())).unwrap_or(body))?;
    out.flush()
}

fn read(input: &mut impl BufRead) -> io::Result<Option<Seen>> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
    let mut seen =
        Seen { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: String::new() };
    loop {
        let mut line = String::new();
        input.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        seen.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = seen.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    input.take(length).read_to_string(&mut seen.body)?;
    Ok(Some(seen))
}
