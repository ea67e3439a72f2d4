//! Why a camera is refused: a stable reason, the value that offended, and what to do.

use fleet::{AccountId, CertificateId, Fault};

/// A refusal. It is acknowledged, not tried again, and leaves the certificate as it was; the camera's next connect
/// asks anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The CA is not in `ALLOWED_CA_CERTIFICATE_IDS`.
    #[error(
        "CA certificate `{0}` is not in the allow-list: add it to the stack's `AllowedCaCertificateIds` if its cameras may join"
    )]
    CaNotAllowed(CertificateId),
    /// Event, topic and description name different CAs.
    #[error(
        "the event names CA `{event}`, {by} names `{other}`: the event was not published by AWS IoT for this certificate"
    )]
    CaMismatch {
        /// By the payload.
        event: CertificateId,
        /// Who disagrees.
        by: &'static str,
        /// What it names; empty when it names none.
        other: String,
    },
    /// The event or the certificate belongs to another account.
    #[error("{what} belongs to account `{account}`, not to `{ours}`")]
    OtherAccount {
        /// What does.
        what: &'static str,
        /// The account that it names.
        account: String,
        /// Ours.
        ours: AccountId,
    },
    /// AWS IoT does not know the certificate.
    #[error("AWS IoT knows no certificate `{0}`: it was deleted, or the event is forged")]
    CertificateUnknown(CertificateId),
    /// Somebody deactivated or revoked it, or it is in transfer. It is never activated again.
    #[error(
        "the certificate is `{0}`: only `PENDING_ACTIVATION` is activated; activate it by hand if that was a mistake"
    )]
    CertificateNotPending(String),
    /// The certificate's text is no certificate.
    #[error("the certificate cannot be read: {0}")]
    CertificateUnreadable(String),
    /// The SHA-256 of its DER is not its id.
    #[error("the certificate's fingerprint is `{0}`, which is not its id")]
    FingerprintMismatch(CertificateId),
    /// Its time has not come.
    #[error("the certificate is valid from {0} on: check the clock that it was issued by")]
    NotYetValid(String),
    /// Its time is over.
    #[error("the certificate expired at {0}: issue the camera a new one")]
    Expired(String),
    /// The subject has no CN.
    #[error("the certificate's subject has no common name: the camera's name must stand there")]
    NoCommonName,
    /// The subject has more than one CN.
    #[error("the certificate's subject has {0} common names: expected one")]
    SeveralCommonNames(usize),
    /// The CN is no camera's name.
    #[error("the certificate's common name is {0}")]
    NameNotAllowed(Fault),
    /// The registry has no entry of this name.
    #[error("the registry has no entry for `{0}`: add one if the camera may join")]
    NotInRegistry(String),
    /// The registry's entry says `enabled: false`.
    #[error("the registry's entry for `{0}` is not enabled")]
    DisabledInRegistry(String),
    /// The registry's entry holds a wrong value.
    #[error("the registry's entry for `{thing}` is wrong: field `{field}` is {fault}")]
    RegistryEntryInvalid {
        /// The entry's key.
        thing: String,
        /// The field.
        field: String,
        /// What is wrong with it.
        fault: String,
    },
    /// The thing holds another certificate.
    #[error(
        "thing `{thing}` is held by certificate `{holder}`, which is {status}{why}: if the new one is to replace it, \
         revoke the holder and detach it from the thing, and do not delete it"
    )]
    NameTaken {
        /// The name that both claim.
        thing: String,
        /// The certificate that has it.
        holder: CertificateId,
        /// Its status.
        status: String,
        /// Why the newcomer is no successor, when rotation is on.
        why: &'static str,
    },
    /// A stream of this name belongs to another thing.
    #[error(
        "stream `{stream}` carries the tag `kvs-warden:thing` = `{owner}`: correct the tag if the stream is this camera's"
    )]
    StreamTaken {
        /// The stream's name.
        stream: String,
        /// The thing that the tag names.
        owner: String,
    },
    /// The certificate is attached to another thing, exclusively.
    #[error("the certificate belongs to thing `{0}` exclusively: detach it there if it is this camera's")]
    AttachedElsewhere(String),
}

impl Refusal {
    /// The reason, as it stands in metrics, logs, alerts and the refusal table. It never changes its meaning.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::CaNotAllowed(_) => "ca-not-allowed",
            Self::CaMismatch { .. } => "ca-mismatch",
            Self::OtherAccount { .. } => "other-account",
            Self::CertificateUnknown(_) => "certificate-unknown",
            Self::CertificateNotPending(_) => "certificate-not-pending",
            Self::CertificateUnreadable(_) => "certificate-unreadable",
            Self::FingerprintMismatch(_) => "fingerprint-mismatch",
            Self::NotYetValid(_) => "not-yet-valid",
            Self::Expired(_) => "expired",
            Self::NoCommonName => "no-common-name",
            Self::SeveralCommonNames(_) => "several-common-names",
            Self::NameNotAllowed(_) => "name-not-allowed",
            Self::NotInRegistry(_) => "not-in-registry",
            Self::DisabledInRegistry(_) => "disabled-in-registry",
            Self::RegistryEntryInvalid { .. } => "registry-entry-invalid",
            Self::NameTaken { .. } => "name-taken",
            Self::StreamTaken { .. } => "stream-taken",
            Self::AttachedElsewhere(_) => "attached-elsewhere",
        }
    }
}
