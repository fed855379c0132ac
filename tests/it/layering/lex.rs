//! Rust text as words and signs: without comments, without lifetimes and characters, and with the
//! code that only tests see marked as such.

/// One word, sign or string of code.
#[derive(Debug)]
pub(super) struct Token {
    /// As written; a string keeps its quotes, so that it is never taken for a word.
    pub(super) text: String,
    /// Counted from 1.
    pub(super) line: usize,
    /// Under `#[cfg(test)]`.
    pub(super) test: bool,
}

/// The code of one file.
pub(super) fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (length, is_code) = next(rest);
        let (piece, tail) = rest.split_at(length);
        if is_code {
            tokens.push(Token {
                text: piece.to_owned(),
                line,
                test: false,
            });
        }
        line += piece.matches('\n').count();
        rest = tail;
    }
    mark_tests(&mut tokens);
    tokens
}

/// How long the next piece is, and whether it is code.
fn next(rest: &str) -> (usize, bool) {
    let first = rest.chars().next().expect("the caller checks for the end");
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), false);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), false);
    }
    if let Some(length) = raw_string(rest).or_else(|| string(rest)) {
        return (length, true);
    }
    if first == '\'' {
        return (character_or_lifetime(rest), false);
    }
    if rest.starts_with("::") || rest.starts_with("!=") {
        return (2, true);
    }
    if is_word(first) {
        return (run(rest, is_word), true);
    }
    (first.len_utf8(), !first.is_whitespace())
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

fn run(rest: &str, belongs: fn(char) -> bool) -> usize {
    rest.find(|sign| !belongs(sign)).unwrap_or(rest.len())
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if tail.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// `r"…"`, `r#"…"#`, with `b` or `c` before the `r`.
fn raw_string(rest: &str) -> Option<usize> {
    let marked = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let hashes_on = marked.strip_prefix('r')?;
    let hashes = run(hashes_on, |sign| sign == '#');
    let body = hashes_on[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", &hashes_on[..hashes]);
    let length = body.find(&end).expect("a raw string ends") + end.len();
    Some(rest.len() - body.len() + length)
}

/// `"…"`, with `b` or `c` before it.
fn string(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let body = body.strip_prefix('"')?;
    Some(rest.len() - body.len() + closing(body, b'"'))
}

/// Up to and with the quote that closes, escaped ones passed over.
fn closing(body: &str, quote: u8) -> usize {
    let mut escaped = false;
    let end = body.bytes().position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.expect("a literal ends") + 1
}

fn character_or_lifetime(rest: &str) -> usize {
    let body = &rest[1..];
    let mut signs = body.chars();
    match (signs.next(), signs.next()) {
        (Some('\\'), _) | (_, Some('\'')) => 1 + closing(body, b'\''),
        _ => 1 + run(body, is_word),
    }
}

/// Marks every item under an attribute `#[cfg(test)]`.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let attribute = attribute(&tokens[at..]);
        if names_tests(&tokens[at..at + attribute]) {
            let end = at + attribute + item(&tokens[at + attribute..]);
            for token in &mut tokens[at..end] {
                token.test = true;
            }
            at = end;
        } else {
            at += attribute.max(1);
        }
    }
}

/// The length of `#[…]`, if one begins here.
fn attribute(tokens: &[Token]) -> usize {
    match tokens {
        [hash, open, ..] if hash.text == "#" && open.text == "[" => 1 + group(&tokens[1..]),
        _ => 0,
    }
}

fn names_tests(attribute: &[Token]) -> bool {
    let says = |word: &str| attribute.iter().any(|token| token.text == word);
    says("cfg") && says("test") && !says("not")
}

/// The length of the item that stands here: up to its `;`, or to the end of its body.
fn item(tokens: &[Token]) -> usize {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            ";" => return at + 1,
            "{" => return at + group(&tokens[at..]),
            "(" | "[" => at += group(&tokens[at..]),
            "}" => return at,
            _ => at += 1,
        }
    }
    at
}

/// The length of what stands in the brackets that open here, both included.
fn group(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}
