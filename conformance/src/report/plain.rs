//! Text from elsewhere, made harmless: no reader of a report can be confused by it.

/// `text` with everything that is not shown as itself written as `\u{…}`: control characters other than
/// the line feed, characters that turn the direction of writing, and those that are invisible.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || !is_hidden(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

/// The same on one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    plain(&text.replace('\n', " "))
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        // No characters at all.
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character, '\u{fdd0}'..='\u{fdef}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("caf\u{e9} \u{a7}6 \u{2026}", "caf\u{e9} \u{a7}6 \u{2026}")]
    #[case("two\nlines", "two\nlines")]
    #[case("\x1b[31m", "\\u{1b}[31m")]
    #[case("a\u{202e}b\u{2066}", "a\\u{202e}b\\u{2066}")]
    #[case("\0\r\t\x7f\u{9b}", "\\u{0}\\u{d}\\u{9}\\u{7f}\\u{9b}")]
    #[case("\u{ffff}\u{feff}\u{fdd0}", "\\u{ffff}\\u{feff}\\u{fdd0}")]
    fn what_is_not_shown_as_itself_is_spelled_out(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(plain(text), shown);
        assert_eq!(one_line(text), shown.replace('\n', " "));
    }
}
