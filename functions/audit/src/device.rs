//! A made-up device that holds one version of an IoT policy and nothing else.

mod bounds;
mod everything;
mod names;
mod own;

use policy::{
    Document, Grant, Kind, Known, Layer, May, Outcome, Pattern, Policies, Policy, Principal, Reach, Request,
    StatementRef, evaluate, reach,
};

use crate::check::{CannotJudge, Proof};
use crate::identity::{SOME_CAMERA, request};
use crate::inventory::{IotPolicy, IotPolicyVersion};
use crate::world::World;

pub(crate) use own::Excess;

/// SHA-256 of a certificate that is nobody's.
const CERTIFICATE_ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A device with a certificate to which one version of a policy is attached.
#[derive(Debug)]
pub(crate) struct Device {
    certificate: Principal,
    policies: Policies,
    arn: String,
}

impl Device {
    /// With the version that is in force.
    pub(crate) fn of(world: &World<'_>, policy: &IotPolicy) -> Result<Self, CannotJudge> {
        let version = policy.versions.get()?.iter().find(|version| version.is_default_version);
        let version = version.ok_or_else(|| CannotJudge::new("the version that is in force was not read"))?;
        Self::of_version(world, policy, version)
    }

    /// With one of the versions.
    pub(crate) fn of_version(
        world: &World<'_>,
        policy: &IotPolicy,
        version: &IotPolicyVersion,
    ) -> Result<Self, CannotJudge> {
        let name = format!("{}, version {}", policy.policy_name, version.version_id);
        let document = Document::parse(Kind::Iot, version.policy_document.as_str())
            .map_err(|fault| CannotJudge::new(format!("version {} cannot be read: {fault}", version.version_id)))?;
        let arn = world.arn("iot", "");
        let certificate = format!("{arn}cert/{CERTIFICATE_ID}").parse();
        let certificate = certificate.map_err(|fault| CannotJudge::new(format!("where it was read: {fault}")))?;
        let mut policies = Policies::of_identity([Policy { name, document }]);
        policies.boundaries.push(bounds::of(&arn)?);
        Ok(Self { certificate, policies, arn })
    }

    /// With other policies, within what AWS sees to.
    pub(crate) fn with(&self, identity: Vec<Policy>, session: Vec<Policy>) -> Self {
        let policies =
            Policies { session, boundaries: self.policies.boundaries.clone(), ..Policies::of_identity(identity) };
        Self { certificate: self.certificate.clone(), policies, arn: self.arn.clone() }
    }

    /// The policy itself.
    pub(crate) fn policy(&self) -> Option<&Policy> {
        self.policies.identity.first()
    }

    /// Its statements.
    pub(crate) fn statements(&self) -> impl Iterator<Item = StatementRef<'_>> {
        self.policies.statements().filter(|at| at.layer == Layer::Identity)
    }

    /// An ARN of AWS IoT in this account and region, such as `client/gate-north`.
    pub(crate) fn arn(&self, resource: &str) -> String {
        format!("{}{resource}", self.arn)
    }

    /// What is known of it while it goes by its own name: its certificate is attached to the thing [`SOME_CAMERA`], and
    /// it connects with that client id.
    pub(crate) fn itself() -> Known {
        Known::default()
            .with("iot:ClientId", SOME_CAMERA)
            .with("iot:Connection.Thing.ThingName", SOME_CAMERA)
            .with("iot:Connection.Thing.IsAttached", "true")
    }

    /// All that it may do.
    pub(crate) fn reach(&self, known: &Known) -> Reach<'_> {
        reach(&self.certificate, &self.policies, known)
    }

    /// Whether its policies deny a request, so that no other policy can allow it.
    pub(crate) fn denies(&self, request: &Request) -> bool {
        evaluate(request, &self.policies).outcome == Outcome::ExplicitlyDenied
    }

    /// Whether its policies allow a request.
    pub(crate) fn allows(&self, request: &Request) -> bool {
        evaluate(request, &self.policies).outcome == Outcome::Allowed
    }

    /// A request of which only is known what is known of the device.
    pub(crate) fn request(&self, known: &Known, action: &str, resource: &str) -> Request {
        Request::new(self.certificate.clone(), action, resource, known.context().clone())
    }

    /// A request for an action on one resource that its policies allow, with the grant that does.
    pub(crate) fn asks(&self, known: &Known, action: &str, resource: &str) -> Option<Proof> {
        let reach = self.reach(known);
        let grants = match reach.may(action, &Pattern::literal(resource)) {
            May::Always(grant) => vec![grant],
            May::Conditionally(grants) => grants,
            May::Never => Vec::new(),
        };
        grants.into_iter().find_map(|grant| {
            let met = || reach.witness(grant, action, &[]).map(|witness| witness.request.context().clone());
            let contexts = std::iter::once_with(|| Some(known.context().clone())).chain(std::iter::once_with(met));
            let requests = contexts.flatten().map(|it| Request::new(self.certificate.clone(), action, resource, it));
            let mut allowed = requests.filter(|request| self.allows(request));
            allowed.next().map(|allowed| Proof { because: because(grant), request: Some(request(&allowed)) })
        })
    }
}

/// A grant without what AWS itself sees to.
pub(crate) fn because(grant: &Grant<'_>) -> String {
    let allowed = grant.allow().map_or_else(String::new, ToString::to_string);
    let excepts = grant.except().iter().filter(|except| except.at().layer != Layer::Boundary);
    excepts.fold(allowed, |text, except| format!("{text}; but not {except}"))
}

/// At most five proofs, of each statement the first.
pub(crate) fn few(proofs: impl IntoIterator<Item = Proof>) -> Vec<Proof> {
    let mut few: Vec<Proof> = Vec::new();
    for proof in proofs {
        if few.len() < 5 && few.iter().all(|other| other.because != proof.because) {
            few.push(proof);
        }
    }
    few
}
