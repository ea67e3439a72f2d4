//! A Lambda Runtime API for one process, which tells when that asks and when it answers.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>. The local cloud has one too; this one does nothing
//! else meanwhile, so that its own time is not measured.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

/// How long a process may be silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long an invocation may take, as in `template.yaml`.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A request of the process, and where to answer it.
struct Request {
    at: Instant,
    /// Method and path.
    line: String,
    body: Vec<u8>,
    answer: Sender<String>,
}

/// A process of a function, which waits for an event whenever nobody looks.
pub(super) struct Process {
    child: Child,
    requests: Receiver<Request>,
    /// Its open poll.
    poll: Option<Request>,
    started: Instant,
    log: PathBuf,
    events: u64,
}

impl Process {
    /// Starts a process, which writes into `log`, and waits until it polls. Answers how long that took as well.
    pub(super) fn start(command: &mut Command, log: &Path) -> Result<(Self, Duration)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("cannot listen")?;
        let address = listener.local_addr()?;
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || accept(&listener, &sender));
        let output = File::create(log).with_context(|| format!("cannot write `{}`", log.display()))?;
        command.env("AWS_LAMBDA_RUNTIME_API", address.to_string());
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let started = Instant::now();
        let child = command.spawn().context("cannot start a function")?;
        let mut process = Self { child, requests, poll: None, started, log: log.to_owned(), events: 0 };
        let polled = process.polls()?;
        Ok((process, polled.saturating_duration_since(started)))
    }

    /// Gives it an event, which it must do without a failure. Answers how long it took.
    pub(super) fn event(&mut self, event: &Value) -> Result<Duration> {
        let given = Instant::now();
        let answered = self.give(event)?;
        self.polls()?;
        Ok(answered.saturating_duration_since(given))
    }

    /// The same for the first event, counted from the process's start.
    pub(super) fn first_event(&mut self, event: &Value) -> Result<Duration> {
        Ok(self.give(event)?.saturating_duration_since(self.started))
    }

    /// The process's id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    fn give(&mut self, event: &Value) -> Result<Instant> {
        let poll = self.poll.take().context("the function does not poll")?;
        self.events = self.events.saturating_add(1);
        let id = format!("00000000-0000-4000-8000-{:012}", self.events);
        let deadline = now()?.saturating_add(TIMEOUT).as_millis();
        let (name, body) = ("arn:aws:lambda:us-east-1:123456789012:function:bench", event.to_string());
        let headers = format!(
            "Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: {name}\r\n"
        );
        poll.answer.send(response("200 OK", &headers, &body)).context("the function has hung up")?;
        let answer = self.request()?;
        ensure!(
            answer.line == format!("POST /2018-06-01/runtime/invocation/{id}/response"),
            "the function says `{}` instead of answering: {}",
            answer.line,
            String::from_utf8_lossy(&answer.body)
        );
        let said: Value = serde_json::from_slice(&answer.body).context("the function's answer is no JSON")?;
        let said = said.get("batchItemFailures").cloned().unwrap_or_default();
        ensure!(said == json!([]), "the function hands back {said}: {}", self.said());
        answer.answer.send(response("202 Accepted", "", "{}")).context("the function has hung up")?;
        Ok(answer.at)
    }

    fn polls(&mut self) -> Result<Instant> {
        let poll = self.request()?;
        ensure!(
            poll.line == "GET /2018-06-01/runtime/invocation/next",
            "the function says `{}` instead of polling: {}",
            poll.line,
            self.said()
        );
        let at = poll.at;
        self.poll = Some(poll);
        Ok(at)
    }

    fn request(&mut self) -> Result<Request> {
        let until = Instant::now().checked_add(PATIENCE).context("the clock ends")?;
        loop {
            match self.requests.recv_timeout(Duration::from_millis(200)) {
                Ok(request) => return Ok(request),
                Err(RecvTimeoutError::Timeout) if Instant::now() < until => {
                    if let Some(status) = self.child.try_wait()? {
                        bail!("the function ended ({status}): {}", self.said());
                    }
                }
                Err(_) => bail!("the function is silent: {}", self.said()),
            }
        }
    }

    /// The end of its log.
    fn said(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(8).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What has ended needs no killing.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

/// The time of day.
#[expect(clippy::disallowed_methods, reason = "a Runtime API names deadlines by the clock")]
fn now() -> Result<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")
}

fn accept(listener: &TcpListener, requests: &Sender<Request>) {
    for stream in listener.incoming().flatten() {
        let requests = requests.clone();
        thread::spawn(move || {
            // One that hangs up does so at its end.
            converse(stream, &requests).unwrap_or_default();
        });
    }
}

/// Takes requests of a connection, one after the other.
fn converse(stream: TcpStream, requests: &Sender<Request>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let at = Instant::now();
        let body = body(&mut reader)?;
        let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
        let (answer, answered) = mpsc::channel();
        if requests.send(Request { at, line, body, answer }).is_err() {
            return Ok(());
        }
        let Ok(text) = answered.recv() else { return Ok(()) };
        writer.write_all(text.as_bytes())?;
    }
}

/// What follows the first line of a request, past its headers.
fn body(reader: &mut impl io::BufRead) -> io::Result<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(io::Error::other("a body without a length is not understood"));
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_as_long_as_its_header_says() {
        let mut request = io::Cursor::new(b"Host: x\r\ncontent-length: 2\r\n\r\n{}GET /next".to_vec());
        assert_eq!(body(&mut request).unwrap(), b"{}");
        let mut request = io::Cursor::new(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n".to_vec());
        assert!(body(&mut request).is_err());
    }

    #[test]
    fn an_answer_tells_its_length() {
        let text = response("202 Accepted", "A: b\r\n", "{}");
        assert!(text.ends_with("Content-Length: 2\r\nA: b\r\n\r\n{}"), "{text}");
    }
}
