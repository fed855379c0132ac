//! The grammar of JSON (RFC 8259), one token at a time. Nothing is copied.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Where in the line the walk is.
pub(super) struct Scan<'l> {
    line: &'l str,
    pub(super) at: usize,
    /// Whether the text that was taken last has escapes.
    pub(super) has_escapes: bool,
    /// What closes the objects and lists that are being passed over.
    open: Vec<u8>,
}

/// The line is no JSON. Where that shows is where the scan stands. Empty, so that nothing is carried
/// through the many calls that go well.
#[derive(Debug)]
pub(super) struct Broken;

impl<'l> Scan<'l> {
    pub(super) fn new(line: &'l str) -> Self {
        Self {
            line,
            at: 0,
            has_escapes: false,
            open: Vec::new(),
        }
    }

    /// Whether the line ends where the scan stands.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.line.len()
    }

    /// The next byte that is no white space; it is not taken.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = &self.line.as_bytes()[self.at..];
        for (skipped, &byte) in rest.iter().enumerate() {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                self.at += skipped;
                return Some(byte);
            }
        }
        self.at = self.line.len();
        None
    }

    pub(super) fn take(&mut self, wanted: u8) -> Result<(), Broken> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(Broken)
    }

    /// Takes the byte if it is the next one.
    pub(super) fn takes(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    /// Takes what stands behind an item: a comma, and there is another one (`true`), or the end.
    pub(super) fn goes_on(&mut self, closer: u8) -> Result<bool, Broken> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == closer => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(Broken),
        }
    }

    /// Takes a member's name, and answers where it begins.
    pub(super) fn name(&mut self) -> Result<usize, Broken> {
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        let begin = self.at;
        self.quoted()?;
        Ok(begin)
    }

    /// Takes a text, at whose first quote the scan stands.
    pub(super) fn quoted(&mut self) -> Result<(), Broken> {
        self.at += 1;
        self.has_escapes = false;
        loop {
            self.at += plain(&self.line.as_bytes()[self.at..]);
            match self.line.as_bytes().get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(Broken),
            }
            self.has_escapes = true;
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Broken> {
        self.at += 1;
        match self.line.as_bytes().get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.line.as_bytes().get(self.at) {
                        Some(byte) if byte.is_ascii_hexdigit() => self.at += 1,
                        _ => return Err(Broken),
                    }
                }
            }
            _ => return Err(Broken),
        }
        Ok(())
    }

    /// Takes a number, `true`, `false` or `null`.
    pub(super) fn bare(&mut self) -> Result<(), Broken> {
        let words: [&[u8]; 3] = [b"true", b"false", b"null"];
        let rest = &self.line.as_bytes()[self.at..];
        if let Some(word) = words.into_iter().find(|word| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(());
        }
        if words.into_iter().any(|word| word.starts_with(rest)) {
            self.at = self.line.len();
            return Err(Broken);
        }
        self.number()
    }

    fn number(&mut self) -> Result<(), Broken> {
        self.takes_one(b"-");
        if !self.takes_one(b"0") {
            self.digits()?;
        }
        if self.takes_one(b".") {
            self.digits()?;
        }
        if self.takes_one(b"eE") {
            self.takes_one(b"+-");
            self.digits()?;
        }
        Ok(())
    }

    fn takes_one(&mut self, of: &[u8]) -> bool {
        let byte = self.line.as_bytes().get(self.at);
        let is_one = byte.is_some_and(|byte| of.contains(byte));
        self.at += usize::from(is_one);
        is_one
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let rest = &self.line.as_bytes()[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(Broken) } else { Ok(()) }
    }

    /// Passes over a value, however deep it is.
    pub(super) fn skip(&mut self) -> Result<(), Broken> {
        self.open.clear();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if !self.takes(b'}') {
                        self.open.push(b'}');
                        self.name()?;
                        self.take(b':')?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if !self.takes(b']') {
                        self.open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => self.quoted()?,
                _ => self.bare()?,
            }
            if !self.close()? {
                return Ok(());
            }
        }
    }

    /// Closes what ends behind a value; `false` if that was the outermost.
    fn close(&mut self) -> Result<bool, Broken> {
        while let Some(&closer) = self.open.last() {
            if self.goes_on(closer)? {
                if closer == b'}' {
                    self.name()?;
                    self.take(b':')?;
                }
                return Ok(true);
            }
            self.open.pop();
        }
        Ok(false)
    }
}

/// How many bytes come before a quote, a backslash or a control character. Eight are looked at
/// together: the lowest bit that is set belongs to the first of them that is one.
fn plain(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = text[at..].first_chunk() {
        let word = u64::from_le_bytes(*chunk);
        let is = |byte: u8| {
            let zero = word ^ (ONES * u64::from(byte));
            zero.wrapping_sub(ONES) & !zero
        };
        let is_control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (is(b'"') | is(b'\\') | is_control) & HIGHS;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += chunk.len();
    }
    let is_special = |&byte: &u8| matches!(byte, b'"' | b'\\' | ..=0x1f);
    let rest = text[at..].iter().position(is_special);
    rest.map_or(text.len(), |rest| at + rest)
}
