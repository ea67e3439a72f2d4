//! What goes out on the alert topic: once for each certificate and reason.

use fleet::CertificateId;

use crate::plan::Drift;
use crate::refusal::Refusal;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A camera was refused.
    Refusal,
    /// A camera joined with a stream that is not as a new one would be made.
    Drift,
    /// A camera's certificate was succeeded by another.
    Rotation,
    /// A camera took over a stream that was nobody's.
    Adoption,
}

impl Kind {
    /// The word for the message's attribute `kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Drift => "drift",
            Self::Rotation => "rotation",
            Self::Adoption => "adoption",
        }
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is about.
    pub kind: Kind,
    /// The certificate that it is about.
    pub certificate: CertificateId,
    /// The stable reason.
    pub reason: &'static str,
    /// What a person needs to know.
    pub detail: String,
}

impl Alert {
    /// Tells of a refusal.
    pub fn refusal(certificate: &CertificateId, refusal: &Refusal) -> Self {
        let (reason, detail) = (refusal.reason(), refusal.to_string());
        Self { kind: Kind::Refusal, certificate: certificate.clone(), reason, detail }
    }

    /// Tells how an existing stream differs; `None` when it does not.
    pub fn drift(certificate: &CertificateId, stream: &str, drifts: &[Drift]) -> Option<Self> {
        if drifts.is_empty() {
            return None;
        }
        let parts: Vec<String> = drifts
            .iter()
            .map(|drift| format!("{} is `{}`, a new stream would have `{}`", drift.setting, drift.found, drift.wanted))
            .collect();
        let detail = format!("stream `{stream}` was there before and was not changed: {}", parts.join("; "));
        Some(Self { kind: Kind::Drift, certificate: certificate.clone(), reason: "drift", detail })
    }

    /// Tells that a certificate was succeeded.
    pub fn rotation(certificate: &CertificateId, thing: &str, previous: &CertificateId) -> Self {
        let detail = format!(
            "thing `{thing}` goes over to certificate `{certificate}`; `{previous}`, which held it, was left as it is: \
             revoke it when the camera uses the new one"
        );
        Self { kind: Kind::Rotation, certificate: certificate.clone(), reason: "rotation", detail }
    }

    /// Tells that a stream without an owner became a camera's.
    pub fn adoption(certificate: &CertificateId, stream: &str) -> Self {
        let detail = format!(
            "stream `{stream}` was there before, tagged for no thing, and now belongs to the camera of that name, which \
             may write to it: if that is wrong, revoke the camera's certificate"
        );
        Self { kind: Kind::Adoption, certificate: certificate.clone(), reason: "adoption", detail }
    }

    /// The subject of a mail: ASCII, below 100 characters, as SNS asks.
    ///
    /// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
    pub fn subject(&self) -> String {
        match self.kind {
            Kind::Refusal => format!("kvs-warden refused a camera: {}", self.reason),
            Kind::Drift => "kvs-warden found a stream that drifts".to_owned(),
            Kind::Rotation => "kvs-warden rotated a camera's certificate".to_owned(),
            Kind::Adoption => "kvs-warden gave a camera a stream that was there before".to_owned(),
        }
    }

    /// The text, for a person. The topic's ARN tells Region, account and stack.
    pub fn text(&self, topic: &str) -> String {
        format!(
            "{}.\n\nReason: {}\nCertificate: {}\nTopic: {topic}\n\nThis is told once in 90 days for each certificate \
             and reason. The function's log has every time.\n",
            capitalised(&self.detail),
            self.reason,
            self.certificate
        )
    }
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:kvs-warden-AlertTopic";

    #[test]
    fn an_alert_tells_what_happened_and_to_which_certificate() {
        let id = CertificateId::parse(&"a".repeat(64)).unwrap();
        let refusal = Refusal::NotInRegistry("cam-1".to_owned());
        let alert = Alert::refusal(&id, &refusal);
        assert_eq!(alert.subject(), "kvs-warden refused a camera: not-in-registry");
        insta::assert_snapshot!(alert.text(TOPIC));
        let drift = Drift { setting: "retentionHours", wanted: "24".to_owned(), found: "48".to_owned() };
        insta::assert_snapshot!(Alert::drift(&id, "cam-1", &[drift]).unwrap().text(TOPIC));
        assert_eq!(Alert::drift(&id, "cam-1", &[]), None);
        let previous = CertificateId::parse(&"b".repeat(64)).unwrap();
        insta::assert_snapshot!(Alert::rotation(&id, "cam-1", &previous).text(TOPIC));
        insta::assert_snapshot!(Alert::adoption(&id, "cam-1").text(TOPIC));
    }
}
