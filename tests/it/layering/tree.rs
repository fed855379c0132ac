//! The files under `src`, each with the module that it is and the paths that it names.

use std::path::{Path, PathBuf};

use super::lex::{Token, lex};
use super::paths::{Named, named};

/// One file of the crate.
pub(super) struct File {
    /// Below `src`, as people write it.
    pub(super) name: String,
    /// The module that it is; `lib` and `main` for the two roots.
    pub(super) module: Vec<String>,
    pub(super) named: Vec<Named>,
    tokens: Vec<Token>,
}

impl File {
    /// Reads what `text` names as if it stood in `src/<name>`.
    pub(super) fn new(name: &str, text: &str) -> Self {
        let tokens = lex(text);
        let module = module(name);
        let place = match name {
            "lib.rs" | "main.rs" => &[],
            _ => module.as_slice(),
        };
        let named = named(&tokens, place);
        let name = name.to_owned();
        Self {
            name,
            module,
            named,
            tokens,
        }
    }

    /// Whether the code says this, word for word, somewhere.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        let mut runs = self.tokens.windows(words.len());
        runs.any(|run| {
            run.iter()
                .map(|token| token.text.as_str())
                .eq(words.iter().copied())
        })
    }

    /// The modules that this file declares for tests alone.
    fn test_modules(&self) -> impl Iterator<Item = Vec<String>> {
        let declared = self.tokens.windows(3).filter_map(|run| match run {
            [word, name, end] if word.test && word.text == "mod" && end.text == ";" => Some(name),
            _ => None,
        });
        declared.map(|name| [self.module.as_slice(), std::slice::from_ref(&name.text)].concat())
    }

    fn mark_test(&mut self) {
        for named in &mut self.named {
            named.test = true;
        }
    }
}

/// `grid/wire.rs` is `grid::wire`; `grid/mod.rs` is `grid`.
fn module(name: &str) -> Vec<String> {
    let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// Every file of the crate, in the order of their names.
pub(super) fn files() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&src, &mut paths);
    paths.sort();
    let mut files: Vec<File> = paths.iter().map(|path| read(&src, path)).collect();
    let for_tests: Vec<_> = files.iter().flat_map(File::test_modules).collect();
    for file in &mut files {
        if for_tests
            .iter()
            .any(|module| file.module.starts_with(module))
        {
            file.mark_test();
        }
    }
    files
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("src can be read") {
        let path = entry.expect("src can be read").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|end| end == "rs") {
            paths.push(path);
        }
    }
}

fn read(src: &Path, path: &Path) -> File {
    let name = path.strip_prefix(src).expect("found below src");
    let name = name
        .to_str()
        .expect("our names are ASCII")
        .replace('\\', "/");
    File::new(
        &name,
        &std::fs::read_to_string(path).expect("Rust is UTF-8"),
    )
}
