//! Splits configuration text into words and the three marks `{`, `}` and `;`.
//!
//! It owns quoting, escapes and comments. It does not know any directive, and
//! it never looks behind a `$`: variables are `value.rs`'s.

use super::error::{Problem, Span};

/// One word or mark, with the place it was written.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Span,
}

/// What a token is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Word(Word),
    Open,
    Close,
    Semicolon,
}

/// A word with its quotes and escapes resolved.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: Span,
    /// Where `text` starts in the source, when the two agree byte for byte;
    /// with this an error can point inside the word.
    pub(super) verbatim_from: Option<usize>,
}

/// Reads all tokens of one source.
pub(super) fn tokens(text: &str, source: usize) -> Result<Vec<Token>, (Problem, Span)> {
    let mut lexer = Lexer { text, source, position: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    source: usize,
    position: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Option<Token>, (Problem, Span)> {
        self.skip_blanks_and_comments();
        let start = self.position;
        let kind = match self.peek() {
            None => return Ok(None),
            Some('{') => self.mark(Kind::Open),
            Some('}') => self.mark(Kind::Close),
            Some(';') => self.mark(Kind::Semicolon),
            Some(quote @ ('"' | '\'')) => Kind::Word(self.quoted(quote)?),
            Some(_) => Kind::Word(self.bare()),
        };
        Ok(Some(Token { kind, at: self.span(start) }))
    }

    fn skip_blanks_and_comments(&mut self) {
        while let Some(character) = self.peek() {
            match character {
                '#' => while self.bump().is_some_and(|character| character != '\n') {},
                blank if blank.is_ascii_whitespace() => {
                    self.bump();
                }
                _ => return,
            }
        }
    }

    fn mark(&mut self, kind: Kind) -> Kind {
        self.bump();
        kind
    }

    fn quoted(&mut self, quote: char) -> Result<Word, (Problem, Span)> {
        let start = self.position;
        self.bump();
        let inside = self.position;
        let (text, escaped) = self.until(|character| character == quote);
        if self.bump().is_none() {
            let opening = Span { source: self.source, start, end: inside };
            return Err((Problem::UnclosedQuote, opening));
        }
        // As in nginx, a word ends with its closing quote.
        if self.peek().is_some_and(|next| !next.is_ascii_whitespace() && !"{};".contains(next)) {
            let glued = self.position;
            let (_, _) = self.until(ends_word);
            return Err((Problem::GluedToQuote, self.span(glued)));
        }
        let at = self.span(start);
        Ok(Word { text, at, verbatim_from: (!escaped).then_some(inside) })
    }

    fn bare(&mut self) -> Word {
        let start = self.position;
        let (text, escaped) = self.until(ends_word);
        Word { text, at: self.span(start), verbatim_from: (!escaped).then_some(start) }
    }

    /// Collects characters up to, not including, the first that `ends` it.
    fn until(&mut self, ends: impl Fn(char) -> bool) -> (String, bool) {
        let (mut text, mut escaped) = (String::new(), false);
        while let Some(character) = self.peek() {
            if ends(character) {
                break;
            }
            self.bump();
            match (character, self.peek()) {
                ('\\', Some(next)) => {
                    self.bump();
                    escaped = true;
                    match next {
                        't' => text.push('\t'),
                        'r' => text.push('\r'),
                        'n' => text.push('\n'),
                        quote @ ('"' | '\'' | '\\') => text.push(quote),
                        // Any other pair stays as written, as in nginx.
                        other => text.extend(['\\', other]),
                    }
                }
                _ => text.push(character),
            }
        }
        (text, escaped)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.position..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.position += character.len_utf8();
        Some(character)
    }

    fn span(&self, start: usize) -> Span {
        Span { source: self.source, start, end: self.position }
    }
}

fn ends_word(character: char) -> bool {
    character.is_ascii_whitespace() || matches!(character, '{' | '}' | ';')
}
