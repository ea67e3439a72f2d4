//! Certificates: looked at, attached, activated.

use aws_sdk_iot::operation::attach_thing_principal::AttachThingPrincipalError;
use aws_sdk_iot::operation::describe_certificate::DescribeCertificateError;
use aws_sdk_iot::types::{CertificateStatus, ThingPrincipalType};
use fleet::CertificateId;
use lambda::call::CallError;

use super::Aws;
use crate::certificate::Certificate;
use crate::observed::{Fact, Holder};
use crate::plan::Wanted;
use crate::refusal::Refusal;
use crate::vet::Description;

impl Aws {
    /// The certificate as AWS IoT knows it; `None` when it does not.
    ///
    /// Paced: 10 a second are allowed by default, and each duplicate event that gets here costs one.
    pub async fn describe_certificate(&self, id: &CertificateId) -> Result<Option<Description>, CallError> {
        self.describe_pace.place().await;
        let answer = match self.iot.describe_certificate().certificate_id(id.as_str()).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.as_service_error() {
                    Some(DescribeCertificateError::ResourceNotFoundException(_)) => Ok(None),
                    _ => Err(CallError::new("DescribeCertificate", &error)),
                };
            }
        };
        Ok(answer.certificate_description.map(|described| Description {
            arn: described.certificate_arn.unwrap_or_default(),
            status: described.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
            ca: described.ca_certificate_id.unwrap_or_default(),
            owner: described.owned_by.unwrap_or_default(),
            pem: described.certificate_pem.unwrap_or_default(),
            created: described.creation_date.map(|date| date.secs()).unwrap_or_default(),
        }))
    }

    pub(super) async fn describe_holder(&self, id: &CertificateId) -> Result<Fact, CallError> {
        let holder = self.describe_certificate(id).await?.map_or(Holder::Gone, |described| Holder::Exists {
            status: described.status,
            ca: described.ca,
            subject: Certificate::parse(&described.pem).map(|certificate| certificate.subject).unwrap_or_default(),
        });
        Ok(Fact::HolderIs(id.clone(), holder))
    }

    pub(super) async fn attach_principal(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let call = self
            .iot
            .attach_thing_principal()
            .thing_name(wanted.name.as_str())
            .principal(&wanted.certificate_arn)
            .thing_principal_type(ThingPrincipalType::ExclusiveThing);
        match call.send().await {
            Ok(_) => Ok(Fact::Attached),
            Err(error) => match error.as_service_error() {
                // AWS lists no error for a certificate that is exclusively another thing's; the model leaves this one.
                Some(AttachThingPrincipalError::InvalidRequestException(_)) => match self.exclusive_to(wanted).await? {
                    Some(thing) => Ok(Fact::Obstacle(Refusal::AttachedElsewhere(thing))),
                    None => Err(CallError::new("AttachThingPrincipal", &error)),
                },
                _ => Err(CallError::new("AttachThingPrincipal", &error)),
            },
        }
    }

    /// The other thing that the certificate is attached to, if it is that exclusively.
    async fn exclusive_to(&self, wanted: &Wanted) -> Result<Option<String>, CallError> {
        let call = self.iot.list_principal_things_v2().principal(&wanted.certificate_arn);
        let call = call.thing_principal_type(ThingPrincipalType::ExclusiveThing);
        let answer = call.send().await.map_err(|error| CallError::new("ListPrincipalThingsV2", &error))?;
        let things = answer.principal_thing_objects.unwrap_or_default().into_iter().map(|object| object.thing_name);
        Ok(things.into_iter().find(|thing| thing != wanted.name.as_str()))
    }

    pub(super) async fn attach_policy(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let call = self.iot.attach_policy().policy_name(&wanted.policy).target(&wanted.certificate_arn);
        call.send().await.map(|_| Fact::Policed).map_err(|error| CallError::new("AttachPolicy", &error))
    }

    pub(super) async fn activate(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let call = self.iot.update_certificate().certificate_id(wanted.certificate.as_str());
        let call = call.new_status(CertificateStatus::Active);
        call.send().await.map(|_| Fact::Active).map_err(|error| CallError::new("UpdateCertificate", &error))
    }
}
