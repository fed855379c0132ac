//! The paths that a file names, each from its root: `crate`, or the crate that it comes from.

use super::lex::Token;

/// A path that some code names.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Whether it is of this crate; then `path` begins below `crate`.
    pub(super) ours: bool,
    /// Its segments. `*` stands for all; a macro keeps its `!`.
    pub(super) path: Vec<String>,
    /// Counted from 1.
    pub(super) line: usize,
    /// In code that only tests see.
    pub(super) test: bool,
}

/// What the code of the module `module` names.
///
/// Visibilities (`pub(in …)`) are passed over: the compiler lets them name nothing but what stands above.
pub(super) fn named(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut walk = Walk {
        tokens,
        at: 0,
        module: module.to_vec(),
        closings: Vec::new(),
        found: Vec::new(),
    };
    while walk.at < tokens.len() {
        walk.step();
    }
    walk.found
}

struct Walk<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Where we are, modules within the file included.
    module: Vec<String>,
    /// For each bracket that is open, whether it closes a module.
    closings: Vec<bool>,
    found: Vec<Named>,
}

impl Walk<'_> {
    fn text(&self, ahead: usize) -> &str {
        let token = self.tokens.get(self.at + ahead);
        token.map_or("", |token| &token.text)
    }

    fn step(&mut self) {
        match (self.text(0), self.text(1), self.text(2)) {
            ("mod", name, "{") => {
                self.module.push(name.to_owned());
                self.closings.push(true);
                self.at += 3;
            }
            ("pub", "(", _) => {
                while !matches!(self.text(0), ")" | "") {
                    self.at += 1;
                }
            }
            ("{", ..) => {
                self.closings.push(false);
                self.at += 1;
            }
            ("}", ..) => {
                if self.closings.pop() == Some(true) {
                    self.module.pop();
                }
                self.at += 1;
            }
            ("use", ..) => {
                self.at += 1;
                self.tree(Vec::new(), true);
            }
            (".", ..) => self.at += 2,
            (word, ..) if is_word(word) => self.tree(Vec::new(), false),
            _ => self.at += 1,
        }
    }

    /// One path, or a group of them, that begins with `path`.
    fn tree(&mut self, mut path: Vec<String>, imported: bool) {
        while self.text(0) == "::" {
            self.at += 1;
        }
        loop {
            match self.text(0) {
                "{" => return self.group(&path, imported),
                "*" => path.push("*".to_owned()),
                word if is_word(word) => path.push(word.to_owned()),
                _ => break,
            }
            self.at += 1;
            if self.text(0) != "::" {
                break;
            }
            self.at += 1;
        }
        if let Some(last) = path.last_mut().filter(|_| self.text(0) == "!") {
            last.push('!');
        }
        self.keep(path, imported);
    }

    fn group(&mut self, path: &[String], imported: bool) {
        self.at += 1;
        while !matches!(self.text(0), "}" | "") {
            self.tree(path.to_vec(), imported);
            while !matches!(self.text(0), "," | "}" | "") {
                self.at += 1;
            }
            self.at += usize::from(self.text(0) == ",");
        }
        self.at += 1;
    }

    /// A lone word is a path only where it is imported, called as a macro, or the root itself.
    fn keep(&mut self, mut path: Vec<String>, imported: bool) {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let Some(first) = path.first() else { return };
        let ours = matches!(first.as_str(), "crate" | "gridsync" | "self" | "super");
        if path.len() == 1 && !imported && first != "crate" && !first.ends_with('!') {
            return;
        }
        let token = &self.tokens[self.at - 1];
        let (line, test) = (token.line, token.test);
        let path = if ours { self.climbed(&path) } else { path };
        self.found.push(Named {
            ours,
            path,
            line,
            test,
        });
    }

    /// `self` and `super` climbed; an import of the root itself has no segment left.
    fn climbed(&self, path: &[String]) -> Vec<String> {
        let mut root = match path[0].as_str() {
            "crate" | "gridsync" => Vec::new(),
            _ => self.module.clone(),
        };
        for segment in path {
            match segment.as_str() {
                "crate" | "gridsync" | "self" => {}
                "super" => {
                    root.pop();
                }
                name => root.push(name.to_owned()),
            }
        }
        root
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_alphabetic() || sign == '_') && !text.contains('"')
}
