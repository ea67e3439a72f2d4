//! What must hold of all that is told of findings, whatever is in them.

use audit::report::message::{ATTRIBUTE_BYTES, BYTES, message};
use audit::report::{Report, asff, html, ocsf, sarif};
use serde_json::Value;

/// The services' limits are kept, and each text is of its form.
pub(crate) fn is_fit_to_tell(report: &Report) {
    if let Some(message) = message(report) {
        let subject = &message.subject;
        assert!((1..100).contains(&subject.len()), "a subject of {} bytes", subject.len());
        assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "the subject `{subject}`");
        assert!(message.attribute.len() <= ATTRIBUTE_BYTES, "an attribute of {} bytes", message.attribute.len());
        assert!(message.body.len().saturating_add(message.attribute.len()) <= BYTES, "too long a message");
        assert!(serde_json::from_str::<Value>(&message.attribute).is_ok(), "{}", message.attribute);
        let breaks = |character: char| character.is_control() && character != '\n';
        assert!(!message.body.contains(breaks), "a control character in {:?}", message.body);
    }
    for line in ocsf::lines(report) {
        assert!(!line.contains('\n') && serde_json::from_str::<Value>(&line).is_ok(), "{line}");
    }
    let findings: Vec<_> = report.findings.iter().collect();
    for batch in asff::batches(&report.taken, &findings) {
        assert!((1..=100).contains(&batch.len()), "a batch of {}", batch.len());
    }
    assert!(sarif::sarif(report).is_object(), "SARIF is an object");
    let page = html::page(report);
    assert!(page.ends_with("</html>\n") || page.ends_with("</html>"), "the page does not end");
}
