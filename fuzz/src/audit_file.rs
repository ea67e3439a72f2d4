//! Any text as `audit.yaml`: what is expected, and what is suppressed.

use audit::audit_file::AuditFile;
use audit::checks;
use audit::expectations::DENIALS_MOST;
use audit::finding::Finding;
use audit::suppression::Suppression;
use serde_json::json;

use super::{Read, is_fit_to_show, text};

/// The bytes are the file.
///
/// # Panics
///
/// When something does not hold.
pub fn check(data: &[u8]) -> Read {
    let text = text(data);
    let lines = super::lines(&text);
    let file = match AuditFile::parse(&text) {
        Ok(file) => file,
        Err(error) => {
            assert!(!error.faults.is_empty(), "refused for nothing");
            for fault in &error.faults {
                is_fit_to_show(fault);
                assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{fault} of {lines} lines");
            }
            return Err(error.to_string());
        }
    };
    let expect = &file.expect;
    assert!(expect.retention_hours_min <= expect.retention_hours_max, "{expect:?}");
    assert!(expect.data_retention_hours_min <= expect.data_retention_hours_max, "{expect:?}");
    assert!(expect.retention_by_tag.iter().all(|class| class.min <= class.max), "{expect:?}");
    assert!((1..=DENIALS_MOST).contains(&expect.denials), "{} denials", expect.denials);
    for account in &expect.trusted_accounts {
        assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "the account `{account}`");
    }
    for one in &file.suppress {
        is_sound(one);
        assert!((1..=lines).contains(&one.line), "line {} of {lines}", one.line);
    }
    is_read_as_it_is_written(&file);
    Ok(())
}

fn is_sound(one: &Suppression) {
    assert!(one.check == "*" || checks::by_id(&one.check).is_some(), "there is no check `{}`", one.check);
    for text in [&one.resource, &one.reason, &one.owner] {
        assert!(!text.is_empty() && text.trim() == text, "`{text}`");
    }
    // A star stands for any text, so for itself too.
    let check = if one.check == "*" { "administrator" } else { one.check.as_str() };
    let finding = json!({
        "id": "1", "check": check, "account": "123456789012", "region": "us-east-1", "resource": one.resource,
        "sentence": "It is wrong", "proofs": [], "state": "open",
        "firstSeen": "2026-11-22T10:00:00Z", "lastSeen": "2026-11-22T10:00:00Z",
    });
    let finding = serde_json::from_value::<Finding>(finding);
    assert!(finding.is_ok_and(|finding| one.covers(&finding)), "`{}` does not cover itself", one.resource);
}

/// JSON is YAML, too, but for characters that are not printable.
fn is_read_as_it_is_written(file: &AuditFile) {
    let entry = |one: &Suppression| {
        let Suppression { check, resource, reason, owner, expires, line: _ } = one;
        json!({
            "check": check, "resource": resource, "reason": reason, "owner": owner, "expires": expires.to_string(),
        })
    };
    let entries: Vec<_> = file.suppress.iter().map(entry).collect();
    let written = json!({ "expect": file.expect, "suppress": entries }).to_string();
    let escaped = |character: char| match character {
        ' '..='~' => character.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    };
    let written: String = written.chars().map(escaped).collect();
    let read = AuditFile::parse(&written);
    assert!(read.is_ok(), "{written} is refused: {read:?}");
    let read = read.unwrap_or_default();
    assert_eq!(read.expect, file.expect, "expected as something else");
    let without_lines =
        |file: &AuditFile| file.suppress.iter().map(|one| Suppression { line: 0, ..one.clone() }).collect::<Vec<_>>();
    assert_eq!(without_lines(&read), without_lines(file), "suppressed as something else");
}
