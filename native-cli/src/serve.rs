//! `isolab serve`: the page on the loopback address, from this one file.
//!
//! The page is embedded when it was built before the binary (feature `page`);
//! `--dir` serves a build that lies beside it. Every answer carries the headers
//! that isolate the page, so that a program can wait for its input.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::Args;
use tiny_http::{Header, Method, Request, Response, Server};

use crate::page::Page;

/// Serve the page on the loopback address, offline.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  isolab serve --open                 the embedded page, in the browser
  isolab serve --port 8000
  isolab serve --dir web/dist         a page that was built with `npm run build`

Exit codes: 2 the page could not be served.")]
pub struct ServeArgs {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 4173)]
    port: u16,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
    /// Serve a built page from this folder instead of the embedded one.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Serves until it is stopped.
pub fn run(args: &ServeArgs) -> ExitCode {
    match serve(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("isolab serve: {problem}");
            ExitCode::from(2)
        }
    }
}

enum Problem {
    Page(String),
    Port { port: u16, reason: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Page(reason) => f.write_str(reason),
            Problem::Port { port, reason } => write!(
                f,
                "cannot listen on 127.0.0.1:{port}: {reason}; choose another with --port, or --port 0 for a free one"
            ),
        }
    }
}

fn serve(args: &ServeArgs) -> Result<(), Problem> {
    let page = match &args.dir {
        Some(folder) => Page::in_folder(folder),
        None => Page::embedded(),
    }
    .map_err(Problem::Page)?;
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let server = Server::http(at).map_err(|error| Problem::Port {
        port: args.port,
        reason: error.to_string(),
    })?;
    let url = match server.server_addr().to_ip() {
        Some(bound) => format!("http://{bound}/"),
        None => format!("http://{at}/"),
    };
    println!("Isolab is at {url} (stop with Ctrl-C)");
    if args.open {
        open(&url);
    }
    for request in server.incoming_requests() {
        // A browser that went away is no reason to stop.
        let _ = answer(request, &page);
    }
    Ok(())
}

fn answer(request: Request, page: &Page) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(plain(405, "only GET and HEAD are served here"));
    }
    let path = request
        .url()
        .split(['?', '#'])
        .next()
        .unwrap_or("/")
        .to_owned();
    let name = match path.trim_start_matches('/') {
        "" => "index.html".to_owned(),
        name => name.to_owned(),
    };
    match page.file(&name) {
        Some(bytes) => {
            let mut response =
                Response::from_data(bytes).with_header(header("Content-Type", content_type(&name)));
            for (field, value) in ISOLATION {
                response.add_header(header(field, value));
            }
            request.respond(response)
        }
        None => request.respond(plain(404, &format!("there is no {path} here"))),
    }
}

const ISOLATION: [(&str, &str); 5] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-cache"),
];

fn plain(status: u16, text: &str) -> Response<std::io::Cursor<Vec<u8>>> {
    Response::from_string(format!("{text}\n")).with_status_code(status)
}

fn header(field: &str, value: &str) -> Header {
    Header::from_bytes(field, value).expect("header names and values here are ASCII")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn open(url: &str) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let started = Command::new(opener)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if started.is_err() {
        eprintln!("isolab serve: no {opener} here to open a browser with; open {url} yourself");
    }
}
