//! The attributes that kvs-warden keeps on a thing.

/// The certificate that holds the name: the claim on it.
pub const CERTIFICATE_ATTRIBUTE: &str = "certificateId";

/// That certificate's CA.
pub const CA_ATTRIBUTE: &str = "caCertificateId";

/// When that certificate was registered, as RFC 3339 in UTC.
pub const REGISTERED_ATTRIBUTE: &str = "registeredAt";

/// The certificate that it succeeded; absent on a camera whose certificate was never rotated.
pub const PREVIOUS_ATTRIBUTE: &str = "previousCertificateId";
