//! A million cameras that register at once, on paper: how long it takes, what holds it back, and what it costs. Pure, and
//! in integers.
//!
//! What is counted comes from the storm of registrations; what only AWS knows is an assumption, and says so.

/// The cameras of the table.
pub(crate) const CAMERAS: u64 = 1_000_000;

/// Events for each 1,000 cameras: 1 to 4 for each camera, as in the storm.
pub(crate) const EVENTS: u64 = 2_500;

/// Calls of `DescribeCertificate` that AWS takes for each 1,000 cameras, as the storm of 2,000 counts them in
/// `docs/storms.md`, rounded up: with throttles, resets and workers that die.
pub(crate) const LOOKS: u64 = 1_020;

/// Messages of a batch, by the template.
pub(crate) const BATCH: u64 = 10;

/// How long a camera takes from its certificate's description to its activation, in milliseconds. An assumption: eight calls,
/// and a second until the stream is ACTIVE, of which AWS says nothing.
pub(crate) const CAMERA_MS: u64 = 1_500;

/// How long a batch takes beside its cameras, in milliseconds: what is remembered of them is asked, and the next is fetched.
/// An assumption.
pub(crate) const BATCH_MS: u64 = 40;

/// How long a message lives in the queue, in seconds, by the template.
pub(crate) const RETENTION_S: u64 = 345_600;

/// The streams that AWS allows an account in a region by default.
///
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html>
pub(crate) const STREAMS: u64 = 10_000;

/// Memory of an invocation, in MB, by the template.
const MEMORY_MB: u64 = 128;

/// What AWS takes in a second, each in calls, but for the certificates that it registers by itself.
///
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html>,
/// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html>
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quotas {
    /// Certificates that AWS IoT registers.
    pub(crate) registrations: u64,
    /// `AttachPolicy`.
    pub(crate) policies: u64,
    /// `CreateStream`.
    pub(crate) streams: u64,
    /// `CreateThing`, `AddThingToThingGroup`, `AttachThingPrincipal`, each.
    pub(crate) things: u64,
}

/// AWS's quotas as they are unless somebody asks for more.
const DEFAULT: Quotas = Quotas { registrations: 15, policies: 15, streams: 50, things: 100 };

/// A way to run it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// What is raised, in words.
    pub(crate) name: &'static str,
    /// `CertificateCallsPerSecond`; the quotas of both calls lie a quarter above it.
    pub(crate) pace: u64,
    /// `MaximumConcurrency`.
    pub(crate) workers: u64,
    /// What AWS takes.
    pub(crate) quotas: Quotas,
}

/// The rows of the table.
pub(crate) const PLANS: [Plan; 5] = [
    Plan { name: "as deployed, with AWS's default quotas", pace: 8, workers: 2, quotas: DEFAULT },
    Plan { name: "with `MaximumConcurrency=8`", pace: 8, workers: 8, quotas: DEFAULT },
    Plan {
        name: "`DescribeCertificate` and `UpdateCertificate` raised to 100 a second, `CertificateCallsPerSecond=80`, \
               `MaximumConcurrency=80`",
        pace: 80,
        workers: 80,
        quotas: DEFAULT,
    },
    Plan {
        name: "`AttachPolicy` and the registering of certificates raised to 100 a second as well",
        pace: 80,
        workers: 80,
        quotas: Quotas { registrations: 100, policies: 100, ..DEFAULT },
    },
    Plan {
        name: "`CreateStream` raised to 100 a second as well",
        pace: 80,
        workers: 80,
        quotas: Quotas { registrations: 100, policies: 100, streams: 100, ..DEFAULT },
    },
];

impl Plan {
    /// Milliseconds between two places of one worker.
    pub(crate) fn interval_ms(&self) -> u64 {
        1_000 * self.workers / self.pace
    }

    /// Places that a worker may take at once after it had nothing to do: those of a second.
    pub(crate) fn burst(&self) -> u64 {
        (self.pace / self.workers).max(1)
    }

    /// What holds everybody back alike: what, and how many of it in a second.
    pub(crate) fn quotas(&self) -> [(&'static str, u64); 4] {
        [
            ("AWS IoT's registering of certificates", self.quotas.registrations),
            ("`AttachPolicy`", self.quotas.policies),
            ("`CreateStream`", self.quotas.streams),
            ("`CreateThing`", self.quotas.things),
        ]
    }
}

/// What comes of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Until the last camera works, in milliseconds.
    pub(crate) time_ms: u64,
    /// What workers worked, in milliseconds, all together.
    pub(crate) busy_ms: u64,
    /// Batches.
    pub(crate) invocations: u64,
    /// Messages.
    pub(crate) messages: u64,
}

/// A plan on paper, and what holds it back.
///
/// Of the messages that come when a share `x` of them was worked off, the share `f(x)` is the first of its camera: of a camera
/// with `k` of them, `k (1 - x)^(k - 1)` of all. The others cost nothing. So the new cameras of a batch are distributed
/// binomially. A batch takes as long as one camera and the places of those beyond what the worker may take at once; a batch
/// without a new camera next to nothing. What AWS takes in a second bounds it from below.
pub(crate) fn on_paper(plan: &Plan, cameras: u64) -> (Outcome, &'static str) {
    const SLICES: u64 = 1_000;
    const WHOLE: u64 = 1_000_000;
    let messages = cameras * EVENTS / 1_000;
    let batches = messages / BATCH;
    // In microseconds of a batch, summed up over all slices.
    let (mut work, mut paced) = (0_u64, 0_u64);
    for slice in 0..SLICES {
        let left = WHOLE - (2 * slice + 1) * WHOLE / (2 * SLICES);
        let powers = [WHOLE, left, left * left / WHOLE, left * left / WHOLE * left / WHOLE];
        let first: u64 =
            (1..).zip(powers).map(|(copies, power): (u64, u64)| copies * power).sum::<u64>() * 100 / EVENTS * 10 / 4;
        let mut ways = 1;
        for new in 0..=BATCH {
            let power = |of: u64, times: u64| (0..times).fold(WHOLE, |power, _| power * of / WHOLE);
            let share = ways * power(first, new) / 1_000 * power(WHOLE - first, BATCH - new) / WHOLE;
            ways = ways * (BATCH - new) / (new + 1);
            let beyond = (new * LOOKS).saturating_sub(plan.burst() * 1_000);
            let took = if new == 0 { 0 } else { CAMERA_MS + beyond * plan.interval_ms() / 1_000 };
            work += took * share;
            paced += new * LOOKS * plan.interval_ms() / 1_000 * share;
        }
    }
    let worked = batches * (work / SLICES + BATCH_MS * 1_000) / 1_000;
    let mut outcome = Outcome { time_ms: worked / plan.workers, busy_ms: worked, invocations: batches, messages };
    let pace = batches * (paced / SLICES) / 1_000 / plan.workers;
    let mut bound =
        if pace * 100 >= outcome.time_ms * 80 { "`CertificateCallsPerSecond`" } else { "`MaximumConcurrency`" };
    for (name, rate) in plan.quotas() {
        let least = cameras * 1_000 / rate;
        if least > outcome.time_ms {
            (outcome.time_ms, bound) = (least, name);
            // Who waits for AWS is at work.
            outcome.busy_ms = least * plan.workers;
        }
    }
    (outcome, bound)
}

/// What it costs, in millionths of a dollar, by AWS's prices in US East (N. Virginia), without free tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Requests, and the time of 128 MB on arm64.
    pub(crate) lambda: u64,
    /// Each message is sent; ten are received and deleted together.
    pub(crate) sqs: u64,
    /// What is remembered, asked for each message and written for each camera.
    pub(crate) dynamodb: u64,
    /// A rule and its action for each message, three operations of the registry for each camera.
    pub(crate) iot: u64,
}

/// A million of them, in millionths of a dollar. <https://aws.amazon.com/lambda/pricing/>
const LAMBDA_REQUESTS: u64 = 200_000;
/// A million GB-seconds on arm64. The same page.
const LAMBDA_GB_SECONDS: u64 = 13_333_400;
/// A million requests to a standard queue. <https://aws.amazon.com/sqs/pricing/>
const SQS_REQUESTS: u64 = 400_000;
/// A million write units, and read units. <https://aws.amazon.com/dynamodb/pricing/on-demand/>
const DYNAMODB_WRITES: u64 = 625_000;
const DYNAMODB_READS: u64 = 125_000;
/// A million rules triggered with one action, and operations of the registry. <https://aws.amazon.com/iot-core/pricing/>
const IOT_RULES: u64 = 300_000;
const IOT_REGISTRY: u64 = 1_250_000;

impl Outcome {
    /// What this many cameras cost.
    pub(crate) fn cost(&self, cameras: u64) -> Cost {
        let millions = |number: u64, price: u64| number * price / 1_000_000;
        let gb_ms = self.busy_ms * MEMORY_MB / 1_024;
        Cost {
            lambda: millions(self.invocations, LAMBDA_REQUESTS) + millions(gb_ms / 1_000, LAMBDA_GB_SECONDS),
            sqs: millions(self.messages + 2 * self.invocations, SQS_REQUESTS),
            // Half a unit for a read that need not be consistent.
            dynamodb: millions(cameras, DYNAMODB_WRITES) + millions(self.messages / 2, DYNAMODB_READS),
            iot: millions(self.messages, IOT_RULES) + millions(3 * cameras, IOT_REGISTRY),
        }
    }
}
