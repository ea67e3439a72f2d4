//! Things: made, looked at, claimed, grouped.

use std::collections::HashMap;

use aws_sdk_iot::operation::add_thing_to_thing_group::AddThingToThingGroupError;
use aws_sdk_iot::operation::create_thing::CreateThingError;
use aws_sdk_iot::operation::describe_thing::DescribeThingError;
use aws_sdk_iot::operation::describe_thing_group::DescribeThingGroupError;
use aws_sdk_iot::operation::list_thing_principals::ListThingPrincipalsError;
use aws_sdk_iot::operation::update_thing::UpdateThingError;
use aws_sdk_iot::types::AttributePayload;
use fleet::{CertificateId, PREVIOUS_ATTRIBUTE};
use lambda::call::CallError;

use super::Aws;
use crate::observed::Fact;
use crate::plan::{self, Wanted};
use crate::refusal::Refusal;

impl Aws {
    /// Succeeds as well when the same thing is there already.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html>
    pub(super) async fn create_thing(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let attributes = AttributePayload::builder().set_attributes(Some(attributes(wanted)));
        let call = self.iot.create_thing().thing_name(wanted.name.as_str()).thing_type_name(&wanted.thing_type);
        match call.attribute_payload(attributes.build()).send().await {
            Ok(_) => Ok(Fact::ThingIsOurs { previous: None }),
            Err(error) => match error.as_service_error() {
                Some(CreateThingError::ResourceAlreadyExistsException(_)) => Ok(Fact::ThingDiffers),
                _ => Err(CallError::new("CreateThing", &error)),
            },
        }
    }

    pub(super) async fn describe_thing(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let thing = match self.iot.describe_thing().thing_name(wanted.name.as_str()).send().await {
            Ok(thing) => thing,
            Err(error) => {
                return match error.as_service_error() {
                    Some(DescribeThingError::ResourceNotFoundException(_)) => Ok(Fact::ThingGone),
                    _ => Err(CallError::new("DescribeThing", &error)),
                };
            }
        };
        let attributes = thing.attributes.unwrap_or_default();
        let attribute = |name: &str| attributes.get(name).map(String::as_str);
        Ok(plan::described(wanted, thing.version, thing.thing_type_name.is_some(), attribute))
    }

    /// Reads all pages. Principals that are no certificates (Cognito identities) are left out.
    pub(super) async fn list_principals(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let mut pages = self.iot.list_thing_principals().thing_name(wanted.name.as_str()).into_paginator().send();
        let mut principals = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    return match error.as_service_error() {
                        Some(ListThingPrincipalsError::ResourceNotFoundException(_)) => Ok(Fact::ThingGone),
                        _ => Err(CallError::new("ListThingPrincipals", &error)),
                    };
                }
            };
            let ids = page.principals.unwrap_or_default();
            principals.extend(
                ids.iter()
                    .filter_map(|arn| arn.split_once(":cert/"))
                    .filter_map(|(_, id)| CertificateId::parse(id).ok()),
            );
        }
        Ok(Fact::Principals(principals))
    }

    /// Takes the name, unless somebody changed the thing since we looked.
    pub(super) async fn claim_thing(
        &self,
        wanted: &Wanted,
        version: i64,
        untyped: bool,
        previous: Option<&CertificateId>,
    ) -> Result<Fact, CallError> {
        let mut attributes = attributes(wanted);
        // An empty value takes an attribute away.
        attributes.insert(PREVIOUS_ATTRIBUTE.to_owned(), previous.map(ToString::to_string).unwrap_or_default());
        let call = self
            .iot
            .update_thing()
            .thing_name(wanted.name.as_str())
            .expected_version(version)
            .set_thing_type_name(untyped.then(|| wanted.thing_type.clone()))
            .attribute_payload(AttributePayload::builder().set_attributes(Some(attributes)).merge(true).build());
        match call.send().await {
            Ok(_) => Ok(Fact::ThingIsOurs { previous: previous.cloned() }),
            Err(error) => match error.as_service_error() {
                Some(UpdateThingError::VersionConflictException(_)) => Ok(Fact::ThingDiffers),
                Some(UpdateThingError::ResourceNotFoundException(_)) => Ok(Fact::ThingGone),
                _ => Err(CallError::new("UpdateThing", &error)),
            },
        }
    }

    /// Succeeds as well when the thing is in the group already.
    ///
    /// AWS answers the same error when the thing and when the group is not found, so the group is looked at then.
    pub(super) async fn add_to_group(&self, wanted: &Wanted) -> Result<Fact, CallError> {
        let call = self.iot.add_thing_to_thing_group().thing_name(wanted.name.as_str());
        let missing = match call.thing_group_name(&wanted.group).send().await {
            Ok(_) => return Ok(Fact::Grouped),
            Err(error) => match error.as_service_error() {
                Some(AddThingToThingGroupError::ResourceNotFoundException(_)) => {
                    CallError::new("AddThingToThingGroup", &error)
                }
                _ => return Err(CallError::new("AddThingToThingGroup", &error)),
            },
        };
        match self.iot.describe_thing_group().thing_group_name(&wanted.group).send().await {
            Ok(_) => Ok(Fact::ThingGone),
            Err(error) => match error.as_service_error() {
                Some(DescribeThingGroupError::ResourceNotFoundException(_)) if wanted.group_by_registry => {
                    Ok(Fact::Obstacle(Refusal::RegistryEntryInvalid {
                        thing: wanted.name.to_string(),
                        field: "group".to_owned(),
                        fault: format!("`{}`: expected a thing group that exists", wanted.group),
                    }))
                }
                Some(DescribeThingGroupError::ResourceNotFoundException(_)) => Err(missing),
                _ => Err(CallError::new("DescribeThingGroup", &error)),
            },
        }
    }
}

/// The attributes of the thing.
fn attributes(wanted: &Wanted) -> HashMap<String, String> {
    wanted.attributes.clone().into_iter().collect()
}
