//! A program's output as lines, within its limits.
//!
//! Bytes come in pieces of any size; the session wants lines. Both shells read
//! through here, so a line that is cut in two, a last line without its end and
//! output without end are the same to a child process and to a worker.

use super::session::{End, Session};

/// How much a program may write in one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputLimits {
    /// Bytes altogether.
    pub output: usize,
    /// Bytes of one line.
    pub line: usize,
}

impl Default for OutputLimits {
    fn default() -> Self {
        OutputLimits {
            output: 64 << 20,
            line: 4 << 20,
        }
    }
}

/// Puts pieces of output together to lines.
#[derive(Clone, Debug, Default)]
pub struct OutputLines {
    limits: OutputLimits,
    /// The beginning of a line whose end has not come.
    partial: Vec<u8>,
    received: usize,
}

impl OutputLines {
    /// A reader with other limits.
    pub fn within(limits: OutputLimits) -> Self {
        OutputLines {
            limits,
            ..OutputLines::default()
        }
    }

    /// Takes a piece; its whole lines go to the session. A limit that was
    /// passed is how the output ended.
    pub fn take(&mut self, bytes: &[u8], session: &mut Session) -> Option<End> {
        self.received += bytes.len();
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'\n', rest) {
            if self.partial.is_empty() {
                session.line(&rest[..at]);
            } else {
                self.partial.extend_from_slice(&rest[..at]);
                session.line(&self.partial);
                self.partial.clear();
            }
            rest = &rest[at + 1..];
        }
        self.partial.extend_from_slice(rest);
        if self.partial.len() > self.limits.line {
            return Some(End::LineLimit);
        }
        (self.received > self.limits.output).then_some(End::OutputLimit)
    }

    /// The output has ended: a last line without its end is a line.
    pub fn finish(&mut self, session: &mut Session) {
        if !self.partial.is_empty() {
            session.line(&std::mem::take(&mut self.partial));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::exercise::Exercise;
    use crate::judge::script::{Case, List, parse_line};
    use std::sync::Arc;

    fn session() -> Session {
        let exercise = Exercise {
            id: "mvcc".into(),
            cases: Vec::new(),
        };
        let mut case = Case::new("one", "One", "", List::Named);
        let init = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#;
        case.steps = vec![parse_line(0, init)];
        Session::new(Arc::new(case), exercise.model(List::Named))
    }

    const REPLY: &str = r#"{"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}"#;

    #[test]
    fn pieces_of_any_size_make_the_same_lines() {
        for size in [1, 2, 7, 1000] {
            let (mut session, mut lines) = (session(), OutputLines::default());
            session.poll();
            for piece in format!("{REPLY}\n").as_bytes().chunks(size) {
                assert_eq!(lines.take(piece, &mut session), None);
            }
            session.poll();
            session.ended(End::Exited);
            assert!(session.outcome().passed(), "in pieces of {size}");
        }
    }

    #[test]
    fn a_last_line_without_its_end_counts() {
        let (mut session, mut lines) = (session(), OutputLines::default());
        session.poll();
        lines.take(REPLY.as_bytes(), &mut session);
        lines.finish(&mut session);
        session.poll();
        session.ended(End::Exited);
        assert!(session.outcome().passed());
    }

    #[test]
    fn limits_end_the_output() {
        let limits = OutputLimits {
            output: 100,
            line: 10,
        };
        let mut lines = OutputLines::within(limits);
        assert_eq!(
            lines.take(&[b'x'; 11], &mut session()),
            Some(End::LineLimit)
        );
        let mut lines = OutputLines::within(limits);
        let mut session = session();
        let ends: Vec<_> = (0..60).map(|_| lines.take(b"\n\n", &mut session)).collect();
        assert_eq!(ends[49], None);
        assert_eq!(ends[50], Some(End::OutputLimit));
    }
}
