//! `isolab serve` as a browser meets it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(name: &str) -> Served {
    let folder = std::env::temp_dir().join(format!("isolab-serve-{name}-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(folder.join("index.html"), "<p>the page</p>").unwrap();
    std::fs::write(folder.join("assets/core.wasm"), b"\0asm").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .args(["serve", "--port", "0", "--dir"])
        .arg(&folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    Served { child, address }
}

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_page_is_served_isolated_on_the_loopback_address() {
    let served = serve("isolated");
    assert!(
        served.address.starts_with("127.0.0.1:"),
        "{}",
        served.address
    );
    let answer = ask(&served.address, "GET /?x=1");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("Cross-Origin-Opener-Policy: same-origin"),
        "{answer}"
    );
    assert!(
        answer.contains("Cross-Origin-Embedder-Policy: require-corp"),
        "{answer}"
    );
    assert!(answer.ends_with("<p>the page</p>"), "{answer}");
    let wasm = ask(&served.address, "GET /assets/core.wasm");
    assert!(wasm.contains("Content-Type: application/wasm"), "{wasm}");
}

#[test]
fn nothing_outside_the_page_is_served() {
    let served = serve("outside");
    for path in [
        "/../serve",
        "/assets/../../x",
        "//etc/passwd",
        "/missing.html",
        "/assets",
    ] {
        let answer = ask(&served.address, &format!("GET {path}"));
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    let answer = ask(&served.address, "POST /");
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
}

#[test]
fn a_taken_port_and_a_missing_page_are_said() {
    let served = serve("taken");
    let port = served.address.rsplit(':').next().unwrap();
    let dir = std::env::temp_dir().join(format!("isolab-serve-taken-{}", std::process::id()));
    let taken = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .args(["serve", "--port", port, "--dir"])
        .arg(&dir)
        .output()
        .unwrap();
    assert_eq!(taken.status.code(), Some(2));
    let said = String::from_utf8(taken.stderr).unwrap();
    assert!(said.contains(port) && said.contains("--port"), "{said}");
    let empty = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .args(["serve", "--port", "0", "--dir", env!("CARGO_MANIFEST_DIR")])
        .output()
        .unwrap();
    assert_eq!(empty.status.code(), Some(2));
    assert!(
        String::from_utf8(empty.stderr)
            .unwrap()
            .contains("npm run build")
    );
}
