//! The report as JSON within a page.

use serde::Serialize;
use serde_json::Value;

use super::super::plain::plain;

/// A script element that holds `value`, which the page's script looks up by `id`.
pub(super) fn element(id: &str, value: &Value) -> String {
    format!("<script type=\"application/json\" id=\"{id}\">{}</script>\n", json(value))
}

/// The same for a list, an entry on each line: the script reads only the lines that it shows.
pub(super) fn lines(id: &str, values: impl Iterator<Item = Value>) -> String {
    let lines: Vec<String> = values.map(|value| json(&value)).collect();
    format!("<script type=\"application/json\" id=\"{id}\">[\n{}\n]</script>\n", lines.join(",\n"))
}

/// Any part of a report, with every text in it made harmless. The escaped form of octets is harmless.
pub(super) fn harmless(part: impl Serialize) -> Value {
    let mut value = serde_json::to_value(part).unwrap_or_default();
    make_harmless(&mut value);
    value
}

fn make_harmless(value: &mut Value) {
    match value {
        Value::String(text) => *text = plain(text),
        Value::Array(values) => values.iter_mut().for_each(make_harmless),
        Value::Object(fields) => fields.values_mut().for_each(make_harmless),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// JSON that ends no script element and begins no comment. Outside of strings it has no such characters.
fn json(value: &Value) -> String {
    value.to_string().replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}
