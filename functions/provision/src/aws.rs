//! All AWS calls of the function. The SDK's types do not leave this module.

mod alert;
mod certificate;
mod memory;
mod registry;
mod stream;
mod thing;

use aws_sdk_dynamodb as dynamodb;
use aws_sdk_iot as iot;
use aws_sdk_kinesisvideo as kinesisvideo;
use aws_sdk_sns as sns;
use lambda::call::CallError;
use lambda::pace::Pacer;
use lambda::{SdkConfig, client};

use crate::observed::Fact;
use crate::plan::{Step, Wanted};
use crate::settings::Settings;

pub use alert::Turn;

/// The clients and what they are called with.
#[derive(Debug)]
pub struct Aws {
    iot: iot::Client,
    kinesisvideo: kinesisvideo::Client,
    dynamodb: dynamodb::Client,
    sns: sns::Client,
    describe_pace: Pacer,
    update_pace: Pacer,
}

impl Aws {
    /// Makes the clients. Nothing is called yet.
    pub fn new(shared: &SdkConfig, settings: &Settings) -> Self {
        let pace = || Pacer::making_up(settings.certificate_calls_per_second, settings.workers);
        Self {
            iot: client!(iot, shared),
            kinesisvideo: client!(kinesisvideo, shared),
            dynamodb: client!(dynamodb, shared),
            sns: client!(sns, shared),
            describe_pace: pace(),
            update_pace: pace(),
        }
    }

    /// Waits for the place of the next `UpdateCertificate`, which [`Step::Activate`] is.
    pub async fn place_to_activate(&self) {
        self.update_pace.place().await;
    }

    /// Carries a step out. What stands against it is a fact where the plan can go on from there, else an error.
    pub async fn perform(&self, step: &Step, wanted: &Wanted) -> Result<Fact, CallError> {
        match step {
            Step::CreateThing => self.create_thing(wanted).await,
            Step::DescribeThing => self.describe_thing(wanted).await,
            Step::ListPrincipals => self.list_principals(wanted).await,
            Step::DescribeHolder(id) => self.describe_holder(id).await,
            Step::ClaimThing { version, untyped, previous } => {
                self.claim_thing(wanted, *version, *untyped, previous.as_ref()).await
            }
            Step::AddToGroup => self.add_to_group(wanted).await,
            Step::CreateStream => self.create_stream(wanted).await,
            Step::DescribeStream => self.describe_stream(wanted).await,
            Step::ListTags => self.list_tags(wanted).await,
            Step::DescribeStorage => self.describe_storage(wanted).await,
            Step::TagStream(missing) => self.tag_stream(wanted, missing).await,
            Step::AttachPrincipal => self.attach_principal(wanted).await,
            Step::AttachPolicy => self.attach_policy(wanted).await,
            Step::Activate => self.activate(wanted).await,
        }
    }
}
