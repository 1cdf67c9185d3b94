//! The inputs of the benches: seeded, the same in every run.

use std::io::{self, Write};

/// Xorshift64*: enough for inputs.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed | 1)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        (((self.number() >> 32) * bound) >> 32).min(bound - 1)
    }

    /// A number below `bound`, low ones far more often (Zipf's law, nearly).
    pub fn zipf(&mut self, bound: u64) -> u64 {
        let uniform = (self.number() >> 11) as f64 / (1u64 << 53) as f64;
        ((bound as f64).powf(uniform) as u64 - 1).min(bound - 1)
    }
}

const INIT: &str = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#;

/// `txn_execute`: two puts each, every fourth a get of two, over 10,000 keys.
pub fn batches(lines: u64, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random::new(1);
    writeln!(out, "{INIT}")?;
    for id in 2..lines + 2 {
        let (a, b) = (random.below(10_000), random.below(10_000));
        write!(
            out,
            r#"{{"src":"c1","dest":"n1","body":{{"type":"txn_execute","msg_id":{id},"operations":["#
        )?;
        if id % 4 == 0 {
            write!(
                out,
                r#"{{"op":"get","key":"k{a}"}},{{"op":"get","key":"k{b}"}}"#
            )?;
        } else {
            write!(
                out,
                r#"{{"op":"put","key":"k{a}","value":"v{id}"}},{{"op":"put","key":"k{b}","value":"w{id}"}}"#
            )?;
        }
        writeln!(out, "]}}}}")?;
    }
    Ok(())
}

/// `txn`: one to four micro-operations over ten active keys; a key is retired
/// after 16 appends.
pub fn lists(lines: u64, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random::new(2);
    let mut active: Vec<(u64, u64)> = (0..10).map(|key| (key, 0)).collect();
    let mut next_key = 10;
    writeln!(out, "{INIT}")?;
    for id in 2..lines + 2 {
        write!(
            out,
            r#"{{"src":"c1","dest":"n1","body":{{"type":"txn","msg_id":{id},"txn":["#
        )?;
        for index in 0..1 + random.below(4) {
            let comma = if index > 0 { "," } else { "" };
            let (key, appends) = &mut active[random.below(10) as usize];
            if random.below(2) == 0 {
                write!(out, r#"{comma}["r",{key},null]"#)?;
                continue;
            }
            *appends += 1;
            write!(out, r#"{comma}["append",{key},{appends}]"#)?;
            if *appends == 16 {
                (*key, *appends) = (next_key, 0);
                next_key += 1;
            }
        }
        writeln!(out, "]}}}}")?;
    }
    Ok(())
}

/// `mvcc_put` over 10,000 keys; also the key and value bytes of all of them.
pub fn versions(lines: u64, out: &mut impl Write) -> io::Result<u64> {
    let mut random = Random::new(3);
    let mut bytes = 0;
    for id in 2..lines + 2 {
        let key = format!("key-{}", random.below(10_000));
        let value = format!("\"value-{id}\"");
        bytes += (key.len() + value.len()) as u64;
        writeln!(
            out,
            r#"{{"src":"c1","dest":"n1","body":{{"type":"mvcc_put","msg_id":{id},"key":"{key}","value":{value},"timestamp":{id}}}}}"#
        )?;
    }
    Ok(bytes)
}

/// The first message of every input.
pub fn init() -> String {
    format!("{INIT}\n")
}
