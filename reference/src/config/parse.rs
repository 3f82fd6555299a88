//! Turns text into words and blocks, and pulls in included files.
//!
//! It owns quotes, comments and the shape `name argument… ;` or
//! `name argument… { … }`. Of all names it knows `include` alone, which is
//! about text; what the others mean is `directives.rs`'s.

use std::{path::Path, sync::Arc};

use super::error::{ConfigError, Place, Source};

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

/// A word, without its quotes.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: Place,
}

impl Word {
    /// Says what is wrong with this word.
    pub(super) fn error(&self, fault: &str, expected: &str) -> ConfigError {
        self.at.error(format!("`{}` {fault}", self.text), format!("expected {expected}"))
    }
}

/// Reads the main file: an `include`, as it were, on the command line.
pub(super) fn from_command_line(path: &Path) -> Result<Directive, ConfigError> {
    let text = path.display().to_string();
    let source = Arc::new(Source { name: "--config".into(), text: text.clone() });
    include(&Word { at: Place { source, range: 0..text.len() }, text }, Path::new(""), 0)
}

/// Parses `text` as one block; files it includes are sought beside `name`.
pub(super) fn text(name: String, text: String, depth: usize) -> Result<Directive, ConfigError> {
    let mut parser = Parser { source: Arc::new(Source { name, text }), position: 0, depth };
    let name = Word { text: "the file".into(), at: parser.place(0) };
    Ok(Directive { name, arguments: Vec::new(), block: Some(parser.block(None)?) })
}

fn include(file: &Word, folder: &Path, depth: usize) -> Result<Directive, ConfigError> {
    if depth > INCLUDE_DEPTH {
        return Err(file.error("is included without end", "files that do not include each other"));
    }
    let path = folder.join(&file.text).display().to_string();
    let content = std::fs::read_to_string(&path);
    text(path, content.map_err(|cause| file.error("cannot be read", "a file").because(cause))?, depth)
}

struct Parser {
    source: Arc<Source>,
    position: usize,
    depth: usize,
}

enum Token {
    Word(String),
    /// One of `{`, `}` and `;`.
    Mark(char),
    End,
}

impl Parser {
    /// Reads directives up to the end of the block that was `opened`, or of the file.
    fn block(&mut self, opened: Option<Place>) -> Result<Vec<Directive>, ConfigError> {
        let mut directives = Vec::new();
        loop {
            match (self.token()?, &opened) {
                ((Token::Word(text), at), _) => {
                    let directive = self.directive(Word { text, at })?;
                    match (&*directive.name.text, &*directive.arguments, &directive.block) {
                        ("include", [file], None) => {
                            let folder = Path::new(&self.source.name).parent().unwrap_or(Path::new(""));
                            let included = include(file, folder, self.depth + 1)?;
                            directives.extend(included.block.into_iter().flatten());
                        }
                        _ => directives.push(directive),
                    }
                }
                ((Token::Mark('}'), _), Some(_)) | ((Token::End, _), None) => return Ok(directives),
                ((Token::End, _), Some(opened)) => {
                    return Err(opened.error("a block is not closed", "opened here, expected a `}`"));
                }
                ((Token::Mark(mark), at), _) => {
                    return Err(at.error(format!("a stray `{mark}`"), "expected the name of a directive"));
                }
            }
        }
    }

    fn directive(&mut self, name: Word) -> Result<Directive, ConfigError> {
        let mut arguments = Vec::new();
        loop {
            let (token, at) = self.token()?;
            let block = match token {
                Token::Word(text) => {
                    arguments.push(Word { text, at });
                    continue;
                }
                Token::Mark(';') => None,
                Token::Mark('{') => Some(self.block(Some(at))?),
                Token::Mark(_) | Token::End => {
                    return Err(arguments.last().unwrap_or(&name).error("is not the end", "a `;` behind it"));
                }
            };
            return Ok(Directive { name, arguments, block });
        }
    }

    fn token(&mut self) -> Result<(Token, Place), ConfigError> {
        self.until(|c| !c.is_ascii_whitespace());
        while self.peek() == Some('#') {
            self.until(|c| c == '\n');
            self.until(|c| !c.is_ascii_whitespace());
        }
        let start = self.position;
        let token = match self.peek() {
            None => Token::End,
            Some(mark @ ('{' | '}' | ';')) => {
                self.position += 1;
                Token::Mark(mark)
            }
            Some(quote @ ('"' | '\'')) => {
                self.position += 1;
                let opening = self.place(start);
                let word = self.until(|c| c == quote);
                if self.peek().is_none() {
                    return Err(opening.error("a quote is not closed", "opened here"));
                }
                self.position += 1;
                // As in nginx, a word ends with its closing quote.
                if self.peek().is_some_and(|next| !ends_word(next)) {
                    let glued = self.place(self.position);
                    return Err(glued.error("something follows the closing quote", "expected a blank or `;`"));
                }
                Token::Word(word)
            }
            Some(_) => Token::Word(self.until(ends_word)),
        };
        Ok((token, self.place(start)))
    }

    /// Takes characters up to, not including, the first that `ends` it.
    /// A backslash takes away the meaning of a quote and of a backslash.
    fn until(&mut self, ends: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(mut character) = self.peek().filter(|character| !ends(*character)) {
            self.position += character.len_utf8();
            if let ('\\', Some(next @ ('"' | '\'' | '\\'))) = (character, self.peek()) {
                self.position += 1;
                character = next;
            }
            text.push(character);
        }
        text
    }

    fn peek(&self) -> Option<char> {
        self.source.text[self.position..].chars().next()
    }

    fn place(&self, start: usize) -> Place {
        Place { source: self.source.clone(), range: start..self.position }
    }
}

fn ends_word(character: char) -> bool {
    character.is_ascii_whitespace() || matches!(character, '{' | '}' | ';')
}
