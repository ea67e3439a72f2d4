//! Whether a certificate may become a camera's. Pure: the event's claim, AWS's description and the time come in.

use fleet::{CertificateId, ThingName};

use crate::certificate::Certificate;
use crate::event::Claim;
use crate::refusal::Refusal;
use crate::settings::Settings;

/// A certificate as AWS IoT describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its ARN, by which it is attached.
    pub arn: String,
    /// `PENDING_ACTIVATION`, `ACTIVE`, `INACTIVE`, `REVOKED` or another.
    pub status: String,
    /// The CA that signed it; empty for one that AWS made.
    pub ca: String,
    /// The account that owns it.
    pub owner: String,
    /// The certificate itself.
    pub pem: String,
    /// Seconds since 1970 UTC of its registration.
    pub created: i64,
}

/// What vetting finds when there is nothing to refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vetted {
    /// It is ACTIVE: there is nothing to do.
    AlreadyDone,
    /// It may become the camera's of this name.
    Candidate {
        /// The camera's name.
        name: ThingName,
        /// The certificate, read.
        certificate: Box<Certificate>,
    },
}

/// What can be refused without a call to AWS: the event disagrees with its topic, with us, or with the allow-list.
pub fn claim(claim: &Claim, settings: &Settings) -> Result<(), Refusal> {
    if let Some(topic_ca) = claim.topic_ca.as_ref().filter(|topic_ca| **topic_ca != claim.ca) {
        return Err(Refusal::CaMismatch { event: claim.ca.clone(), by: "its topic", other: topic_ca.to_string() });
    }
    if claim.account != settings.account {
        let account = claim.account.to_string();
        return Err(Refusal::OtherAccount { what: "the event", account, ours: settings.account.clone() });
    }
    allowed(&claim.ca, settings)
}

/// What AWS's own description says of the certificate. Exactly at either end of its validity it is valid.
pub fn description(claim: &Claim, described: &Description, settings: &Settings, now_s: i64) -> Result<Vetted, Refusal> {
    if described.owner != settings.account.as_str() {
        let account = described.owner.clone();
        return Err(Refusal::OtherAccount { what: "the certificate", account, ours: settings.account.clone() });
    }
    if described.ca != claim.ca.as_str() {
        let (by, other) = ("AWS IoT's description", described.ca.clone());
        return Err(Refusal::CaMismatch { event: claim.ca.clone(), by, other });
    }
    allowed(&claim.ca, settings)?;
    match described.status.as_str() {
        "PENDING_ACTIVATION" => {}
        "ACTIVE" => return Ok(Vetted::AlreadyDone),
        other => return Err(Refusal::CertificateNotPending(other.to_owned())),
    }
    let certificate = Certificate::parse(&described.pem)?;
    if certificate.fingerprint != claim.certificate {
        return Err(Refusal::FingerprintMismatch(certificate.fingerprint));
    }
    if now_s < certificate.not_before {
        return Err(Refusal::NotYetValid(date(certificate.not_before)));
    }
    if now_s > certificate.not_after {
        return Err(Refusal::Expired(date(certificate.not_after)));
    }
    let name = certificate.name()?;
    Ok(Vetted::Candidate { name, certificate: Box::new(certificate) })
}

fn allowed(ca: &CertificateId, settings: &Settings) -> Result<(), Refusal> {
    if settings.allowed_cas.contains(ca) { Ok(()) } else { Err(Refusal::CaNotAllowed(ca.clone())) }
}

/// A time as RFC 3339 in UTC, to the second.
pub fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| format!("second {seconds}"), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use fleet::AccountId;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    use super::*;
    use crate::settings::tests::read;

    fn case() -> (Claim, Description, Settings) {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "cam-1");
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        let pem = params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem();
        let ca = CertificateId::parse(&"c".repeat(64)).unwrap();
        let claim = Claim {
            certificate: Certificate::parse(&pem).unwrap().fingerprint,
            ca: ca.clone(),
            topic_ca: Some(ca.clone()),
            account: AccountId::parse("123456789012").unwrap(),
        };
        let described = Description {
            arn: "arn:aws:iot:us-east-1:123456789012:cert/x".to_owned(),
            status: "PENDING_ACTIVATION".to_owned(),
            ca: ca.to_string(),
            owner: "123456789012".to_owned(),
            pem,
            created: 0,
        };
        (claim, described, read(&[]).unwrap())
    }

    /// 2026-01-01 and 2027-01-01, 00:00 UTC.
    const VALID: std::ops::RangeInclusive<i64> = 1_767_225_600..=1_798_761_600;

    #[test]
    fn a_pending_certificate_of_an_allowed_ca_is_a_candidate_at_both_ends_of_its_validity() {
        let (event, described, settings) = case();
        assert_eq!(claim(&event, &settings), Ok(()));
        for now in [*VALID.start(), *VALID.end()] {
            let vetted = description(&event, &described, &settings, now).unwrap();
            assert!(matches!(vetted, Vetted::Candidate { name, .. } if name.as_str() == "cam-1"));
        }
    }

    #[test]
    fn an_empty_allow_list_refuses_everything() {
        let (event, described, _) = case();
        let settings = read(&[("ALLOWED_CA_CERTIFICATE_IDS", "")]).unwrap();
        assert_eq!(claim(&event, &settings).unwrap_err().reason(), "ca-not-allowed");
        assert_eq!(description(&event, &described, &settings, *VALID.start()).unwrap_err().reason(), "ca-not-allowed");
    }

    #[test]
    fn each_disagreement_has_its_reason() {
        type Change = fn(&mut Claim, &mut Description);
        let other = || CertificateId::parse(&"d".repeat(64)).unwrap();
        let cases: [(Change, i64, &str); 11] = [
            (|c, _| c.topic_ca = CertificateId::parse(&"d".repeat(64)).ok(), 0, "ca-mismatch"),
            (|c, _| c.account = AccountId::parse("000000000000").unwrap(), 0, "other-account"),
            (|_, d| d.owner = "000000000000".to_owned(), 0, "other-account"),
            (|_, d| d.ca = "d".repeat(64), 0, "ca-mismatch"),
            (|_, d| d.ca = String::new(), 0, "ca-mismatch"),
            (|_, d| d.status = "INACTIVE".to_owned(), 0, "certificate-not-pending"),
            (|_, d| d.status = "REVOKED".to_owned(), 0, "certificate-not-pending"),
            (|_, d| d.pem = "x".to_owned(), 0, "certificate-unreadable"),
            (|c, _| c.certificate = CertificateId::parse(&"d".repeat(64)).unwrap(), 0, "fingerprint-mismatch"),
            (|_, _| {}, VALID.start() - 1, "not-yet-valid"),
            (|_, _| {}, VALID.end() + 1, "expired"),
        ];
        for (change, now, reason) in cases {
            let (mut event, mut described, settings) = case();
            change(&mut event, &mut described);
            let now = if now == 0 { *VALID.start() } else { now };
            let refusal = claim(&event, &settings)
                .and_then(|()| description(&event, &described, &settings, now))
                .expect_err(reason);
            assert_eq!(refusal.reason(), reason, "{refusal}");
        }
        let (mut event, _, settings) = case();
        (event.ca, event.topic_ca) = (other(), Some(other()));
        assert_eq!(claim(&event, &settings).unwrap_err().reason(), "ca-not-allowed");
    }

    #[test]
    fn an_active_certificate_is_done_without_being_read() {
        let (event, mut described, settings) = case();
        described.status = "ACTIVE".to_owned();
        described.pem = String::new();
        assert_eq!(description(&event, &described, &settings, 0), Ok(Vetted::AlreadyDone));
    }
}
