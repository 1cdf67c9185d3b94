// Accepted: Rust without crates; it looks at the text of each message, keeps values as text and echoes them, and counts msg_id in sevens.
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Write};

/// One key: how many versions have arrived, and each by its timestamp.
#[derive(Default)]
struct Chain {
    arrived: u64,
    versions: BTreeMap<i64, (u64, String)>,
}

/// The end of the JSON value that begins at `at`.
fn end_of_value(text: &[u8], mut at: usize) -> Option<usize> {
    match *text.get(at)? {
        b'"' => {
            at += 1;
            while *text.get(at)? != b'"' {
                at += if text[at] == b'\\' { 2 } else { 1 };
            }
            Some(at + 1)
        }
        b'{' | b'[' => {
            let mut depth = 0;
            loop {
                match *text.get(at)? {
                    b'"' => at = end_of_value(text, at)? - 1,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        _ => {
            while at < text.len() && !b",}] \t\r\n".contains(&text[at]) {
                at += 1;
            }
            Some(at)
        }
    }
}

/// The fields of an object: names without quotes, values as text.
fn fields(object: &str) -> Option<HashMap<&str, &str>> {
    let text = object.as_bytes();
    let blank = |mut at: usize| {
        while at < text.len() && (text[at].is_ascii_whitespace() || text[at] == b',' || text[at] == b':') {
            at += 1;
        }
        at
    };
    let mut found = HashMap::new();
    let mut at = blank(0);
    if *text.get(at)? != b'{' {
        return None;
    }
    at = blank(at + 1);
    while *text.get(at)? != b'}' {
        let name_end = end_of_value(text, at)?;
        let value = blank(name_end);
        let value_end = end_of_value(text, value)?;
        found.insert(&object[at + 1..name_end - 1], &object[value..value_end]);
        at = blank(value_end);
    }
    Some(found)
}

/// A string without its escapes, so that one key written in two ways is one key.
fn unescape(quoted: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::new();
    let mut chars = quoted.strip_prefix('"')?.strip_suffix('"')?.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        units.push(match chars.next()? {
            'n' => 10,
            't' => 9,
            'r' => 13,
            'b' => 8,
            'f' => 12,
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                u16::from_str_radix(&digits, 16).ok()?
            }
            other => other as u16,
        });
    }
    String::from_utf16(&units).ok()
}

fn answer(body: &HashMap<&str, &str>, name: &mut String, chains: &mut HashMap<String, Chain>) -> Option<String> {
    let key = || unescape(body.get("key")?);
    let time = |field: &str| body.get(field)?.parse::<i64>().ok();
    match *body.get("type")? {
        r#""init""# => {
            *name = body.get("node_id")?.to_string();
            Some(r#""type":"init_ok""#.to_string())
        }
        r#""mvcc_put""# => {
            let (timestamp, value) = (time("timestamp")?, body.get("value")?.to_string());
            let chain = chains.entry(key()?).or_default();
            if chain.versions.contains_key(&timestamp) {
                return Some(r#""type":"error","code":21"#.to_string());
            }
            chain.arrived += 1;
            chain.versions.insert(timestamp, (chain.arrived, value));
            Some(format!(r#""type":"mvcc_put_ok","version":{},"timestamp":{timestamp}"#, chain.arrived))
        }
        r#""mvcc_get""# => {
            let read = time("read_timestamp").unwrap_or(i64::MAX);
            let newest = chains.get(&key()?).and_then(|chain| chain.versions.range(..=read).next_back());
            Some(match newest {
                Some((timestamp, (version, value))) => {
                    format!(r#""type":"mvcc_get_ok","as_of_timestamp":{timestamp},"version":{version},"value":{value}"#)
                }
                None => r#""type":"error","code":20,"text":"nothing there""#.to_string(),
            })
        }
        _ => Some(r#""type":"error","code":10"#.to_string()),
    }
}

fn main() -> io::Result<()> {
    let mut name = String::from("\"\"");
    let mut chains = HashMap::new();
    let mut sent = 0;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let Some(message) = fields(&line) else { continue };
        let (Some(source), Some(Some(body))) = (message.get("src"), message.get("body").map(|body| fields(body))) else {
            continue;
        };
        let reply = answer(&body, &mut name, &mut chains)
            .unwrap_or_else(|| r#""type":"error","code":12,"text":"a field is missing or wrong""#.to_string());
        let asked = body.get("msg_id").map(|id| format!(r#","in_reply_to":{id}"#)).unwrap_or_default();
        writeln!(output, r#"{{"src":{name},"dest":{source},"body":{{{reply}{asked},"msg_id":{sent}}}}}"#)?;
        output.flush()?;
        sent += 7;
    }
    Ok(())
}
