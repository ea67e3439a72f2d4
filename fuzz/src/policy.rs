//! Any text as a policy document.

use ::policy::{Document, Kind, ParseError, Pattern, Syntax};

use super::{Read, refused};

/// In the order of the digits that choose one.
const KINDS: [Kind; 5] = [Kind::Identity, Kind::ServiceControl, Kind::Resource, Kind::Endpoint, Kind::Iot];

/// See [`document`] for the bytes.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let (kind, text) = document(data);
    let read = Document::parse(kind, &text);
    is_read_alike_when_percent_encoded(kind, &text, &read);
    match &read {
        Ok(document) => {
            has_sound_parts(document);
            Ok(())
        }
        Err(error) => refused(error),
    }
}

/// What the bytes stand for: the first chooses the kind, by a digit where people write it, the rest is the document.
pub fn document(data: &[u8]) -> (Kind, String) {
    let (digit, bytes) = data.split_first().unwrap_or((&b'0', &[]));
    let kind = KINDS.into_iter().cycle().nth(usize::from(digit.wrapping_sub(b'0')));
    (kind.unwrap_or(Kind::Identity), super::text(bytes))
}

/// With the same error, too. What begins as percent-encoded text does is decoded once, not twice.
fn is_read_alike_when_percent_encoded(kind: Kind, text: &str, read: &Result<Document, ParseError>) {
    if !text.trim_start().starts_with('%') {
        let encoded = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        assert_eq!(read, &Document::parse(kind, &encoded), "another result when percent-encoded");
    }
}

fn has_sound_parts(document: &Document) {
    for doubt in &document.doubts {
        super::is_fit_to_show(doubt);
    }
    for statement in &document.statements {
        for action in &statement.actions.patterns {
            is_read_as_it_is_written(action.lower());
        }
        for resource in statement.resources.iter().flat_map(|resources| &resources.patterns) {
            is_read_as_it_is_written(resource.pattern());
        }
        for condition in &statement.conditions {
            let operator = condition.operator();
            assert_eq!(operator.to_string().parse(), Ok(operator), "an operator is not read as it is written");
            for value in condition.values() {
                match Pattern::parse(value, Syntax::FULL) {
                    Ok(pattern) => is_read_as_it_is_written(&pattern),
                    Err(fault) => super::is_fit_to_show(&fault),
                }
            }
        }
    }
}

fn is_read_as_it_is_written(pattern: &Pattern) {
    let written = pattern.to_string();
    assert_eq!(Pattern::parse(&written, Syntax::FULL).as_ref(), Ok(pattern), "`{written}` is read as something else");
}
