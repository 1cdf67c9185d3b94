//! Lines out of a pipe, handled where they lie.

use std::io::{self, Read};

/// Input is read in pieces of this size.
const CHUNK: usize = 128 << 10;

/// A buffer that gives whole lines and asks for more only when told to.
#[derive(Debug)]
pub(super) struct Input<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where the first line begins that has not been given.
    start: usize,
    /// Up to where that line is known to have no newline.
    searched: usize,
    /// Where the bytes read end.
    end: usize,
    /// The rest of the present line is thrown away as it comes.
    skipping: bool,
}

impl<R: Read> Input<R> {
    pub(super) fn new(source: R) -> Input<R> {
        Input {
            source,
            buffer: vec![0; CHUNK],
            start: 0,
            searched: 0,
            end: 0,
            skipping: false,
        }
    }

    /// The next whole line, without its newline.
    pub(super) fn next_line(&mut self) -> Option<&[u8]> {
        let found = memchr::memchr(b'\n', &self.buffer[self.searched..self.end]);
        let Some(length) = found else {
            self.searched = self.end;
            return None;
        };
        let (from, newline) = (self.start, self.searched + length);
        self.start = newline + 1;
        self.searched = self.start;
        Some(&self.buffer[from..newline])
    }

    /// How much of a line that has not ended is held.
    pub(super) fn held(&self) -> usize {
        self.end - self.start
    }

    /// Throw the present line away, what is here and what is to come of it.
    pub(super) fn skip_line(&mut self) {
        self.skipping = true;
        self.start = self.end;
        self.searched = self.end;
    }

    /// Wait for more input; `false` at its end.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        self.make_room();
        let read = loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => break read?,
            }
        };
        self.end += read;
        if self.skipping {
            match memchr::memchr(b'\n', &self.buffer[self.start..self.end]) {
                Some(length) => {
                    self.start += length + 1;
                    self.searched = self.start;
                    self.skipping = false;
                }
                None => self.skip_line(),
            }
        }
        Ok(read > 0)
    }

    /// What came after the last newline, at the end of the input.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Move the present line to the front, and grow the buffer if it fills it.
    fn make_room(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.searched -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        } else if self.buffer.len() > CHUNK && self.end < CHUNK / 2 {
            self.buffer.truncate(CHUNK);
            self.buffer.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in pieces of a few at a time.
    struct Drip<'b>(&'b [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let take = self.1.min(self.0.len()).min(into.len());
            into[..take].copy_from_slice(&self.0[..take]);
            self.0 = &self.0[take..];
            Ok(take)
        }
    }

    fn lines(text: &[u8], piece: usize, limit: usize) -> Vec<String> {
        let mut input = Input::new(Drip(text, piece));
        let mut lines = Vec::new();
        loop {
            while let Some(line) = input.next_line() {
                lines.push(String::from_utf8_lossy(line).into_owned());
            }
            if input.held() > limit {
                input.skip_line();
                lines.push("too long".to_string());
            }
            if !input.fill().unwrap() {
                break;
            }
        }
        lines.push(String::from_utf8_lossy(input.rest()).into_owned());
        lines
    }

    #[test]
    fn lines_do_not_depend_on_the_pieces() {
        let text = b"one\n\ntwo three\nlast";
        for piece in 1..text.len() + 1 {
            assert_eq!(lines(text, piece, 100), ["one", "", "two three", "last"]);
        }
    }

    #[test]
    fn a_line_longer_than_the_buffer_is_whole() {
        let text = format!("{}\nx\n", "a".repeat(3 * CHUNK));
        let found = lines(text.as_bytes(), CHUNK, 10 * CHUNK);
        assert_eq!(
            found.iter().map(String::len).collect::<Vec<_>>(),
            [3 * CHUNK, 1, 0]
        );
    }

    #[test]
    fn a_line_beyond_the_limit_is_skipped_without_being_held() {
        let text = format!("{}\nnext\n", "a".repeat(10 * CHUNK));
        let mut input = Input::new(Drip(text.as_bytes(), 1000));
        let mut seen = Vec::new();
        while input.fill().unwrap() {
            while let Some(line) = input.next_line() {
                seen.push(String::from_utf8_lossy(line).into_owned());
            }
            if input.held() > 5000 {
                input.skip_line();
            }
            assert!(input.buffer.len() <= CHUNK);
        }
        assert_eq!(seen, ["next"]);
    }
}
