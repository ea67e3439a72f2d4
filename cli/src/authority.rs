//! The certificate authority that signs cameras: made, read from its files, and put to work. Does no I/O and reads
//! no clock.

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use fleet::{CertificateId, ThingName};
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData as _,
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// How far back a certificate's validity begins: a camera's clock may be behind.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How long the certificate is good that proves to AWS IoT that we hold a CA's key.
const PROOF: SignedDuration = SignedDuration::from_hours(24);

/// A CA's certificate, checked to be one that is valid now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authority {
    /// The certificate alone, as PEM.
    pub(crate) pem: String,
    /// The SHA-256 of the certificate, which is what AWS IoT knows it by.
    pub(crate) id: CertificateId,
    /// When it begins to be valid.
    pub(crate) from: Timestamp,
    /// When it ends to be valid.
    pub(crate) until: Timestamp,
    der: Vec<u8>,
}

/// A CA with its private key. It has no `Debug`: the key stays in it.
pub(crate) struct Signer {
    /// The CA.
    pub(crate) authority: Authority,
    issuer: Issuer<'static, KeyPair>,
}

/// A key and the certificate made for it. It has no `Debug`: the key stays in it.
pub(crate) struct Issued {
    /// The private key, PKCS #8 as PEM.
    pub(crate) key: String,
    /// The certificate; behind it the CA's, when a camera presents it. As PEM.
    pub(crate) chain: String,
    /// When the certificate ends to be valid.
    pub(crate) until: Timestamp,
}

/// What a camera's certificate says besides its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    /// O.
    pub(crate) organization: Option<String>,
    /// OU.
    pub(crate) organizational_unit: Option<String>,
}

/// Makes a CA: an ECDSA P-256 key and a self-signed certificate that may sign certificates and revocation lists.
pub(crate) fn create(name: &str, days: u32, now: Timestamp) -> Result<Issued> {
    let key = KeyPair::generate().context("make a private key")?;
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name, &Subject::default());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let until = after(now, days)?;
    set_validity(&mut params, now.saturating_sub(SKEW)?, until)?;
    let certificate = params.self_signed(&key).context("sign the CA certificate")?;
    Ok(Issued { key: key.serialize_pem(), chain: certificate.pem(), until })
}

impl Authority {
    /// Reads a CA certificate. Refuses what AWS IoT would refuse later with less to say: several certificates, one
    /// that is no CA, one that may not sign, one that is not valid now.
    pub(crate) fn parse(pem: &str, now: Timestamp) -> Result<Self> {
        let mut blocks = Pem::iter_from_buffer(pem.as_bytes());
        let block = match blocks.next() {
            Some(Ok(block)) if block.label == "CERTIFICATE" => block,
            Some(Ok(block)) => bail!("it holds a `{}`: expected a `CERTIFICATE` in PEM", block.label),
            Some(Err(_)) | None => {
                bail!("it holds no PEM: expected a text that begins with `-----BEGIN CERTIFICATE-----`")
            }
        };
        ensure!(blocks.next().is_none(), "it holds more than one PEM block: expected the CA certificate alone");
        let (rest, certificate) = X509Certificate::from_der(&block.contents)
            .map_err(|error| anyhow!("it holds no X.509 certificate: {error}"))?;
        ensure!(rest.is_empty(), "it holds {} bytes after the certificate", rest.len());

        let ca = certificate.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.value.ca);
        ensure!(ca, "it is not a CA certificate, its basicConstraints lack CA:TRUE: make one with `warden ca create`");
        let usage = certificate.key_usage().map_err(|error| anyhow!("its keyUsage cannot be read: {error}"))?;
        ensure!(
            usage.is_none_or(|usage| usage.value.key_cert_sign()),
            "it may not sign certificates, its keyUsage lacks keyCertSign: make one with `warden ca create`"
        );
        // rcgen, which signs with it, gives up on a subject of another shape.
        ensure!(
            certificate.subject().iter().all(|rdn| rdn.iter().count() == 1),
            "its subject has a part of several attributes, which warden cannot sign with: make a CA with `warden ca create`"
        );

        let from = Timestamp::from_second(certificate.validity().not_before.timestamp())?;
        let until = Timestamp::from_second(certificate.validity().not_after.timestamp())?;
        ensure!(now <= until, "it expired on {}: make a new one with `warden ca create`", day(until));
        ensure!(from <= now, "it is not valid before {}: check this machine's clock", day(from));

        let id = CertificateId::from_digest(Sha256::digest(&block.contents).into());
        Ok(Self { pem: certificate_lines(pem), id, from, until, der: block.contents })
    }

    /// Joins the CA's private key to it. Refuses a key that is another's.
    pub(crate) fn with_key(self, key: &str) -> Result<Signer> {
        let (_, certificate) = X509Certificate::from_der(&self.der)?;
        let key = private_key(key)?;
        ensure!(
            certificate.public_key().raw == key.subject_public_key_info(),
            "it is not the key of the CA certificate {}: give the key that was made with it",
            short(self.id.as_str())
        );
        let issuer = Issuer::from_ca_cert_der(&self.der.as_slice().into(), key)
            .context("sign with this CA, whose subject is in an encoding that warden does not know")?;
        Ok(Signer { authority: self, issuer })
    }
}

impl Signer {
    /// Issues a camera's key and chain. The certificate ends when the CA does, if that is sooner.
    pub(crate) fn issue(&self, name: &ThingName, subject: &Subject, days: u32, now: Timestamp) -> Result<Issued> {
        let mut params = CertificateParams::default();
        params.distinguished_name = named(name.as_str(), subject);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let until = after(now, days)?.min(self.authority.until);
        let (key, certificate) = self.sign(params, now, until)?;
        Ok(Issued { key: key.serialize_pem(), chain: certificate.pem() + &self.authority.pem, until })
    }

    /// The certificate by which AWS IoT sees that we hold the CA's key: its CN is the registration code.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/developerguide/register-CA-cert.html>
    pub(crate) fn proof(&self, registration_code: &str, now: Timestamp) -> Result<String> {
        let mut params = CertificateParams::default();
        params.distinguished_name = named(registration_code, &Subject::default());
        let until = now.saturating_add(PROOF)?.min(self.authority.until);
        Ok(self.sign(params, now, until)?.1.pem())
    }

    /// Signs for a fresh key. The serial number is rcgen's, 159 bits of the key's hash: as random as the key.
    fn sign(&self, mut params: CertificateParams, now: Timestamp, until: Timestamp) -> Result<(KeyPair, Certificate)> {
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now.saturating_sub(SKEW)?.max(self.authority.from), until)?;
        let key = KeyPair::generate().context("make a private key")?;
        let certificate = params.signed_by(&key, &self.issuer).context("sign a certificate")?;
        let (_, signed) = X509Certificate::from_der(certificate.der())?;
        let (_, ca) = X509Certificate::from_der(&self.authority.der)?;
        // The issuer is written anew from the parsed subject; a chain holds only when both are the same bytes.
        ensure!(
            signed.issuer().as_raw() == ca.subject().as_raw(),
            "sign with this CA: its subject repeats an attribute or is in an unusual encoding: make a CA with `warden ca create`"
        );
        Ok((key, certificate))
    }
}

/// A day, as people write it in a certificate's validity.
pub(crate) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// As much of an id as a person needs to tell it from others.
pub(crate) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

fn after(now: Timestamp, days: u32) -> Result<Timestamp> {
    now.checked_add(SignedDuration::from_hours(i64::from(days).saturating_mul(24)))
        .with_context(|| format!("make a certificate valid for {days} days, which ends after the year 9999"))
}

fn named(name: &str, subject: &Subject) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    if let Some(organization) = &subject.organization {
        distinguished.push(DnType::OrganizationName, organization.as_str());
    }
    if let Some(unit) = &subject.organizational_unit {
        distinguished.push(DnType::OrganizationalUnitName, unit.as_str());
    }
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn set_validity(params: &mut CertificateParams, from: Timestamp, until: Timestamp) -> Result<()> {
    params.not_before = OffsetDateTime::from_unix_timestamp(from.as_second())?;
    params.not_after = OffsetDateTime::from_unix_timestamp(until.as_second())?;
    Ok(())
}

/// The first private key in a PEM file; `openssl ecparam -genkey` puts the curve before it.
fn private_key(pem: &str) -> Result<KeyPair> {
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let Ok(block) = block else { break };
        if block.label == "ENCRYPTED PRIVATE KEY" {
            bail!(
                "it is encrypted: decrypt it with `openssl pkey -in KEY -out PLAIN`, and remove that again afterwards"
            );
        }
        if block.label.ends_with("PRIVATE KEY") {
            // What exactly ails a key is not repeated: an error is no place for its bytes.
            return KeyPair::try_from(block.contents.as_slice()).map_err(|_unshown| {
                anyhow!("its private key is of a kind that warden cannot use: expected ECDSA or RSA")
            });
        }
    }
    bail!("it holds no private key: expected a text that begins with `-----BEGIN PRIVATE KEY-----`")
}

/// The certificate's own lines of a PEM file, without what `openssl x509 -text` writes around them.
fn certificate_lines(pem: &str) -> String {
    const END: &str = "-----END CERTIFICATE-----";
    let mut lines = String::new();
    for line in pem.lines().map(str::trim).skip_while(|line| *line != "-----BEGIN CERTIFICATE-----") {
        lines.push_str(line);
        lines.push('\n');
        if line == END {
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use x509_parser::extensions::ParsedExtension;

    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn ca(days: u32) -> Issued {
        create("Test CA", days, noon()).expect("a CA")
    }

    fn signer(days: u32) -> Signer {
        let made = ca(days);
        Authority::parse(&made.chain, noon()).and_then(|ca| ca.with_key(&made.key)).expect("a CA with its key")
    }

    fn name(text: &str) -> ThingName {
        ThingName::parse(text).expect("a name")
    }

    fn ders(chain: &str) -> Vec<Vec<u8>> {
        Pem::iter_from_buffer(chain.as_bytes()).map(|block| block.expect("PEM").contents).collect()
    }

    fn why<T>(result: Result<T>) -> String {
        format!("{:#}", result.err().expect("a refusal"))
    }

    #[test]
    fn a_ca_may_sign_certificates_and_nothing_else() {
        let made = ca(10);
        let der = ders(&made.chain).remove(0);
        let (_, ca) = X509Certificate::from_der(&der).expect("a certificate");
        ca.verify_signature(None).expect("signed by itself");
        let constraints = ca.basic_constraints().expect("constraints").expect("constraints");
        assert!(constraints.value.ca && constraints.critical);
        let usage = ca.key_usage().expect("usage").expect("usage");
        assert!(
            usage.critical && usage.value.key_cert_sign() && usage.value.crl_sign() && !usage.value.digital_signature()
        );
        let identified = |e: &x509_parser::extensions::X509Extension<'_>| {
            matches!(e.parsed_extension(), ParsedExtension::SubjectKeyIdentifier(_))
        };
        assert!(ca.extensions().iter().any(identified));
        assert_eq!(ca.subject().to_string(), "CN=Test CA");
        assert_eq!(ca.validity().not_before.timestamp(), noon().as_second() - 300);
        assert_eq!(ca.validity().not_after.timestamp(), noon().as_second() + 10 * 86_400);
    }

    #[test]
    fn a_camera_presents_a_chain_that_its_ca_signed() {
        let signer = signer(3650);
        let subject = Subject {
            organization: Some("Example & Söhne".to_owned()),
            organizational_unit: Some("Yard 7".to_owned()),
        };
        let issued = signer.issue(&name("cam-1"), &subject, 365, noon()).expect("a chain");
        let ders = ders(&issued.chain);
        assert_eq!(ders.len(), 2);
        let (_, device) = X509Certificate::from_der(&ders[0]).expect("a certificate");
        let (_, ca) = X509Certificate::from_der(&ders[1]).expect("a certificate");
        device.verify_signature(Some(ca.public_key())).expect("signed by the CA");
        assert_eq!(device.issuer().as_raw(), ca.subject().as_raw());
        assert_eq!(device.subject().to_string(), "O=Example & Söhne, OU=Yard 7, CN=cam-1");
        assert!(!device.is_ca());
        let usage = device.key_usage().expect("usage").expect("usage");
        assert!(usage.value.digital_signature() && !usage.value.key_cert_sign());
        let extended = device.extended_key_usage().expect("extended usage").expect("extended usage");
        assert!(extended.value.client_auth && !extended.value.server_auth);
        let key = KeyPair::from_pem(&issued.key).expect("a key");
        assert_eq!(device.public_key().raw, key.subject_public_key_info());
        assert_eq!(device.validity().not_before.timestamp(), noon().as_second() - 300);
    }

    #[test]
    fn no_two_certificates_share_a_serial_number() {
        let signer = signer(10);
        let serial = || {
            let issued = signer.issue(&name("cam-1"), &Subject::default(), 1, noon()).expect("a chain");
            let der = ders(&issued.chain).remove(0);
            X509Certificate::from_der(&der).expect("a certificate").1.raw_serial().to_vec()
        };
        let (first, second) = (serial(), serial());
        assert!(first != second && (16..=20).contains(&first.len()), "{first:?} {second:?}");
    }

    #[test]
    fn a_certificate_does_not_outlive_its_ca() {
        let signer = signer(10);
        let issued = signer.issue(&name("cam-1"), &Subject::default(), 365, noon()).expect("a chain");
        assert_eq!(issued.until, signer.authority.until);
        let shorter = signer.issue(&name("cam-1"), &Subject::default(), 9, noon()).expect("a chain");
        assert!(shorter.until < signer.authority.until);
    }

    #[test]
    fn the_proof_carries_the_registration_code() {
        let signer = signer(10);
        let proof = signer.proof("0123abcd", noon()).expect("a certificate");
        let der = ders(&proof).remove(0);
        let (_, proof) = X509Certificate::from_der(&der).expect("a certificate");
        assert_eq!(proof.subject().to_string(), "CN=0123abcd");
        let (_, ca) = X509Certificate::from_der(&signer.authority.der).expect("a certificate");
        proof.verify_signature(Some(ca.public_key())).expect("signed by the CA");
    }

    #[test]
    fn what_is_no_ca_is_refused_with_the_reason() {
        let made = ca(10);
        let device = signer(10).issue(&name("cam-1"), &Subject::default(), 1, noon()).expect("a chain");
        let alone = certificate_lines(&device.chain);
        let later = noon() + SignedDuration::from_hours(24 * 11);
        let earlier = noon() - SignedDuration::from_hours(1);
        for (case, pem, now, reason) in [
            ("nothing", "", noon(), "no PEM"),
            ("a key", made.key.as_str(), noon(), "holds a `PRIVATE KEY`"),
            ("a chain", device.chain.as_str(), noon(), "more than one"),
            ("a camera's certificate", alone.as_str(), noon(), "not a CA certificate"),
            ("an expired one", made.chain.as_str(), later, "expired on 2026-12-02"),
            ("an early one", made.chain.as_str(), earlier, "not valid before"),
        ] {
            let why = why(Authority::parse(pem, now));
            assert!(why.contains(reason), "{case}: {why}");
        }
    }

    #[test]
    fn a_key_of_another_ca_is_refused_and_never_shown() {
        let (one, other) = (ca(10), ca(10));
        let join = |key: &str| Authority::parse(&one.chain, noon()).and_then(|ca| ca.with_key(key));
        let why_other = why(join(&other.key));
        assert!(why_other.contains("not the key of the CA certificate"), "{why_other}");
        assert!(why(join(&one.chain)).contains("no private key"));
        let sealed = other.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        assert!(why(join(&sealed)).contains("encrypted"));
        let garbled = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
        let why_garbled = why(join(garbled));
        assert!(why_garbled.contains("ECDSA or RSA") && !why_garbled.contains("c2VjcmV0"), "{why_garbled}");
    }

    #[test]
    fn text_around_a_certificate_does_not_reach_the_chain() {
        let made = ca(10);
        let wordy = format!("Certificate:\r\n  Data: …\r\n{}after\r\n", made.chain.replace('\n', "\r\n"));
        assert_eq!(Authority::parse(&wordy, noon()).expect("a CA").pem, made.chain);
    }
}
