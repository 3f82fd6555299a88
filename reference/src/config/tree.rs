//! Turns tokens into a tree of directives, and pulls in included files.
//!
//! It knows the shape `name argument… ;` or `name argument… { … }` and the
//! one directive that is about text, `include`; what any other name means is
//! `build.rs`'s.

use std::path::{Path, PathBuf};

use super::{
    error::{ConfigError, Problem, Source, Span},
    lexer::{self, Kind, Token, Word},
};

/// Deep enough for any sane layout, and the end of every loop.
const INCLUDE_DEPTH: usize = 8;

/// A directive as written.
#[derive(Debug)]
pub(super) struct Directive {
    pub(super) name: Word,
    pub(super) arguments: Vec<Word>,
    /// The directives between its braces; none if it ended with `;`.
    pub(super) block: Option<Vec<Directive>>,
}

/// A whole configuration as written, and the texts its spans point into.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) directives: Vec<Directive>,
    pub(super) sources: Vec<Source>,
}

/// Parses `text`, which is called `name`; included files are sought beside it.
pub(super) fn parse(name: &str, text: String) -> Result<Tree, ConfigError> {
    let mut reader = Reader { sources: Vec::new(), depth: 0 };
    let directives = reader.source(name.into(), text)?;
    Ok(Tree { directives, sources: reader.sources })
}

struct Reader {
    sources: Vec<Source>,
    depth: usize,
}

impl Reader {
    fn source(&mut self, name: PathBuf, text: String) -> Result<Vec<Directive>, ConfigError> {
        let id = self.sources.len();
        self.sources.push(Source { name: name.display().to_string(), text });
        let tokens =
            lexer::tokens(&self.sources[id].text, id).map_err(|(problem, at)| self.error(problem, at))?;
        let folder = name.parent().unwrap_or(Path::new("")).to_owned();
        self.block(&mut tokens.into_iter(), None, &folder)
    }

    /// Reads directives up to the end of the block that `opened` it, or of the file.
    fn block(
        &mut self,
        tokens: &mut std::vec::IntoIter<Token>,
        opened: Option<Span>,
        folder: &Path,
    ) -> Result<Vec<Directive>, ConfigError> {
        let mut directives = Vec::new();
        loop {
            let name = match (tokens.next(), opened) {
                (Some(Token { kind: Kind::Word(word), .. }), _) => word,
                (Some(Token { kind: Kind::Close, .. }), Some(_)) | (None, None) => {
                    return Ok(directives);
                }
                (None, Some(at)) => return Err(self.error(Problem::UnclosedBlock, at)),
                (Some(Token { kind: Kind::Close, at }), None) => {
                    return Err(self.error(Problem::StrayClose, at));
                }
                (Some(Token { at, .. }), _) => return Err(self.error(Problem::NoName, at)),
            };
            let directive = self.directive(name, tokens, folder)?;
            match (directive.name.text.as_str(), &directive.block) {
                ("include", None) => directives.extend(self.include(&directive, folder)?),
                _ => directives.push(directive),
            }
        }
    }

    fn directive(
        &mut self,
        name: Word,
        tokens: &mut std::vec::IntoIter<Token>,
        folder: &Path,
    ) -> Result<Directive, ConfigError> {
        let mut arguments: Vec<Word> = Vec::new();
        loop {
            match tokens.next() {
                Some(Token { kind: Kind::Word(word), .. }) => arguments.push(word),
                Some(Token { kind: Kind::Semicolon, .. }) => {
                    return Ok(Directive { name, arguments, block: None });
                }
                Some(Token { kind: Kind::Open, at }) => {
                    let block = Some(self.block(tokens, Some(at), folder)?);
                    return Ok(Directive { name, arguments, block });
                }
                Some(Token { kind: Kind::Close, .. }) | None => {
                    let last = arguments.last().unwrap_or(&name).at;
                    return Err(self.error(Problem::MissingSemicolon(name.text), last));
                }
            }
        }
    }

    fn include(&mut self, directive: &Directive, folder: &Path) -> Result<Vec<Directive>, ConfigError> {
        let [file] = directive.arguments.as_slice() else {
            let problem = Problem::Arguments {
                name: "include".into(),
                fault: "takes one argument".into(),
                expected: "one file, relative to this one",
            };
            return Err(self.error(problem, directive.name.at));
        };
        if self.depth == INCLUDE_DEPTH {
            return Err(self.error(Problem::IncludeLoop, file.at));
        }
        let path = folder.join(&file.text);
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| self.error(Problem::Unreadable { path: path.clone(), cause }, file.at))?;
        self.depth += 1;
        let included = self.source(path, text);
        self.depth -= 1;
        included
    }

    fn error(&self, problem: Problem, at: Span) -> ConfigError {
        ConfigError::new(problem, at, &self.sources)
    }
}
