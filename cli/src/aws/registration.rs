//! What the registration of cameras needs: events, CAs and the stack's resources.

use anyhow::{Context as _, Result};
use aws_sdk_iot::error::SdkError;
use aws_sdk_iot::types::{
    AutoRegistrationStatus, CaCertificateDescription, CaCertificateStatus, Configuration, EventType,
};
use jiff::Timestamp;

use super::Cloud;

/// Whether AWS IoT publishes the event of a certificate that a CA registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Events {
    /// It does.
    On,
    /// It does since just now.
    TurnedOn,
    /// It does not.
    Off,
}

/// A CA that AWS IoT knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ca {
    /// Its certificate id.
    pub(crate) id: String,
    /// Whether certificates that it signed may connect.
    pub(crate) active: bool,
    /// Whether they are registered when they first connect.
    pub(crate) auto_registration: bool,
    /// When the certificate ends to be valid, if AWS IoT says.
    pub(crate) until: Option<Timestamp>,
}

/// What came of registering a CA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegisteredCa {
    /// It is registered now, under this id.
    New(String),
    /// It was registered before, under this id.
    Known(String),
}

/// Turns "there is no such resource" into `None`.
macro_rules! found {
    ($cloud:expr, $what:expr, $answer:expr, $absent:path) => {
        match $answer {
            Ok(found) => Ok(Some(found)),
            Err(SdkError::ServiceError(error)) if matches!(error.err(), $absent(_)) => Ok(None),
            Err(error) => Err($cloud.place.failed($what, &error)),
        }
    };
}

impl Cloud {
    /// Reads whether the events are on and, if asked to, turns them on. Every other event keeps its setting.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/developerguide/iot-events.html>
    pub(crate) async fn ca_events(&self, turn_on: bool) -> Result<Events> {
        let answer = self.iot.describe_event_configurations().send().await;
        let seen = answer.map_err(|error| self.place.failed("read the event configurations", &error))?;
        let mut configurations = seen.event_configurations.unwrap_or_default();
        if configurations.get(&EventType::CaCertificate).is_some_and(Configuration::enabled) {
            return Ok(Events::On);
        }
        if !turn_on {
            return Ok(Events::Off);
        }
        configurations.insert(EventType::CaCertificate, Configuration::builder().enabled(true).build());
        let answer = self.iot.update_event_configurations().set_event_configurations(Some(configurations)).send().await;
        answer.map_err(|error| self.place.failed("turn on the event configuration `CA_CERTIFICATE`", &error))?;
        Ok(Events::TurnedOn)
    }

    /// Whether a thing type is there, and takes new things: `Some(false)` when it is deprecated.
    pub(crate) async fn thing_type(&self, name: &str) -> Result<Option<bool>> {
        use aws_sdk_iot::operation::describe_thing_type::DescribeThingTypeError::ResourceNotFoundException;
        let answer = self.iot.describe_thing_type().thing_type_name(name).send().await;
        let found = found!(self, format!("read the thing type `{name}`"), answer, ResourceNotFoundException)?;
        Ok(found.map(|found| !found.thing_type_metadata.is_some_and(|metadata| metadata.deprecated)))
    }

    /// Whether a thing group is there.
    pub(crate) async fn has_thing_group(&self, name: &str) -> Result<bool> {
        use aws_sdk_iot::operation::describe_thing_group::DescribeThingGroupError::ResourceNotFoundException;
        let answer = self.iot.describe_thing_group().thing_group_name(name).send().await;
        let found: Result<_> =
            found!(self, format!("read the thing group `{name}`"), answer, ResourceNotFoundException);
        Ok(found?.is_some())
    }

    /// Whether an AWS IoT policy is there.
    pub(crate) async fn has_policy(&self, name: &str) -> Result<bool> {
        use aws_sdk_iot::operation::get_policy::GetPolicyError::ResourceNotFoundException;
        let answer = self.iot.get_policy().policy_name(name).send().await;
        let found: Result<_> = found!(self, format!("read the policy `{name}`"), answer, ResourceNotFoundException);
        Ok(found?.is_some())
    }

    /// Whether a role alias is there.
    pub(crate) async fn has_role_alias(&self, name: &str) -> Result<bool> {
        use aws_sdk_iot::operation::describe_role_alias::DescribeRoleAliasError::ResourceNotFoundException;
        let answer = self.iot.describe_role_alias().role_alias(name).send().await;
        let found: Result<_> = found!(self, format!("read the role alias `{name}`"), answer, ResourceNotFoundException);
        Ok(found?.is_some())
    }

    /// Whether a topic rule is enabled; `None` when there is none.
    ///
    /// Listed, because `GetTopicRule` answers `UnauthorizedException` for a rule that does not exist.
    pub(crate) async fn rule_enabled(&self, name: &str) -> Result<Option<bool>> {
        let mut pages = self.iot.list_topic_rules().into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed("list the topic rules", &error))?;
            let rule = page.rules.into_iter().flatten().find(|rule| rule.rule_name.as_deref() == Some(name));
            if let Some(rule) = rule {
                return Ok(Some(!rule.rule_disabled.unwrap_or(false)));
            }
        }
        Ok(None)
    }

    /// Every active CA.
    pub(crate) async fn active_cas(&self) -> Result<Vec<Ca>> {
        let mut active = Vec::new();
        let mut pages = self.iot.list_ca_certificates().page_size(250).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.place.failed("list the CAs", &error))?;
            let listed = page.certificates.into_iter().flatten();
            active.extend(
                listed.filter(|ca| ca.status == Some(CaCertificateStatus::Active)).filter_map(|ca| ca.certificate_id),
            );
        }
        let mut cas = Vec::new();
        for id in active {
            cas.extend(self.ca(&id).await?);
        }
        Ok(cas)
    }

    /// The CA of this id, if AWS IoT knows it.
    pub(crate) async fn ca(&self, id: &str) -> Result<Option<Ca>> {
        use aws_sdk_iot::operation::describe_ca_certificate::DescribeCACertificateError::ResourceNotFoundException;
        let answer = self.iot.describe_ca_certificate().certificate_id(id).send().await;
        let found = found!(self, format!("read the CA {id}"), answer, ResourceNotFoundException)?;
        Ok(found.and_then(|found| found.certificate_description).map(|description| plain(id, &description)))
    }

    /// The code that the proof of a CA's key carries.
    pub(crate) async fn registration_code(&self) -> Result<String> {
        let answer = self.iot.get_registration_code().send().await;
        let code = answer.map_err(|error| self.place.failed("get the registration code", &error))?;
        code.registration_code.context("get the registration code: AWS IoT answered without one")
    }

    /// Registers a CA, active and with automatic registration.
    pub(crate) async fn register_ca(&self, pem: &str, proof: &str) -> Result<RegisteredCa> {
        use aws_sdk_iot::operation::register_ca_certificate::RegisterCACertificateError::ResourceAlreadyExistsException;
        let answer = self
            .iot
            .register_ca_certificate()
            .ca_certificate(pem)
            .verification_certificate(proof)
            .set_as_active(true)
            .allow_auto_registration(true)
            .send()
            .await;
        match answer {
            Ok(done) => {
                done.certificate_id.map(RegisteredCa::New).context("register the CA: AWS IoT answered without an id")
            }
            Err(error) => match error.as_service_error() {
                Some(ResourceAlreadyExistsException(known)) if known.resource_id.is_some() => {
                    Ok(RegisteredCa::Known(known.resource_id.clone().unwrap_or_default()))
                }
                _ => Err(self.place.failed("register the CA", &error)),
            },
        }
    }

    /// Makes a CA active, with automatic registration.
    pub(crate) async fn activate_ca(&self, id: &str) -> Result<()> {
        self.iot
            .update_ca_certificate()
            .certificate_id(id)
            .new_status(CaCertificateStatus::Active)
            .new_auto_registration_status(AutoRegistrationStatus::Enable)
            .send()
            .await
            .map_err(|error| self.place.failed(format!("activate the CA {id}"), &error))?;
        Ok(())
    }
}

fn plain(id: &str, description: &CaCertificateDescription) -> Ca {
    let until = description.validity.as_ref().and_then(|validity| validity.not_after);
    Ca {
        id: description.certificate_id.clone().unwrap_or_else(|| id.to_owned()),
        active: description.status == Some(CaCertificateStatus::Active),
        auto_registration: description.auto_registration_status == Some(AutoRegistrationStatus::Enable),
        until: until.and_then(|until| Timestamp::from_second(until.secs()).ok()),
    }
}
