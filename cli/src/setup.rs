//! `warden setup`: what CloudFormation cannot do, and what registration needs.

mod authorities;

use std::fmt;
use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::args::Verdict;
use crate::aws::{Ca, Cloud, Deployed, Events, Refused};
use crate::stack::Stack;

const EXAMPLES: &str = "\
Examples:
  warden setup                     turn on the registration events, then look at the rest
  warden setup --check             change nothing; exit 1 when something is missing
  warden setup --stack warehouse   for a stack of another name

AWS IoT tells the stack of a new camera only when its CA_CERTIFICATE events are on, which no
CloudFormation resource does. Setup turns them on and leaves every other event as it is. Doing it
again changes nothing. Cameras can register once a CA is active, registers automatically, and is
in the stack's AllowedCaCertificateIds. Without --check, what only a deployment or `warden ca
register` can add is told, and is no failure.";

/// Turns on what a template cannot, and says what registration still lacks.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Change nothing, and exit 1 when something is missing or could not be looked at.
    #[arg(long)]
    check: bool,
}

/// What a service answered: the value, or its refusal to tell.
type Answer<T> = Result<T, String>;

/// What registration needs, as it is.
#[derive(Debug)]
struct Seen {
    events: Answer<Events>,
    deployed: Answer<Deployed>,
    /// Whether it takes new things; `None` when there is none.
    thing_type: Answer<Option<bool>>,
    thing_group: Answer<bool>,
    policy: Answer<bool>,
    role_alias: Answer<bool>,
    /// Whether it is enabled; `None` when there is none.
    rule: Answer<Option<bool>>,
    /// The active ones.
    cas: Answer<Vec<Ca>>,
}

/// How one thing stands that registration needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Changed,
    Missing,
    Unknown,
    /// Not as it might be, and cameras can register all the same.
    Note,
}

/// One thing that registration needs.
#[derive(Debug, PartialEq, Eq)]
struct Need {
    state: State,
    what: String,
    /// What to do, unless it is all right.
    remedy: Option<String>,
}

pub(crate) async fn run(args: &Args, stack: &Stack, out: &mut impl Write) -> Result<Verdict> {
    let cloud = Cloud::connect().await?;
    let seen = look(&cloud, stack, !args.check).await?;
    let needs = needs(&seen, stack, Timestamp::now());
    tell(&needs, out)?;
    Ok(verdict(&needs, args.check))
}

/// Looks at everything. Only what the services refuse to tell becomes an answer; a cloud out of reach ends it.
async fn look(cloud: &Cloud, stack: &Stack, turn_on: bool) -> Result<Seen> {
    let (thing_type, thing_group) = (stack.thing_type(), stack.thing_group());
    let (policy, role_alias, rule) = (stack.camera_policy(), stack.role_alias(), stack.rule());
    Ok(Seen {
        events: answer(cloud.ca_events(turn_on).await)?,
        deployed: answer(cloud.deployed(stack).await)?,
        thing_type: answer(cloud.thing_type(&thing_type).await)?,
        thing_group: answer(cloud.has_thing_group(&thing_group).await)?,
        policy: answer(cloud.has_policy(&policy).await)?,
        role_alias: answer(cloud.has_role_alias(&role_alias).await)?,
        rule: answer(cloud.rule_enabled(&rule).await)?,
        cas: answer(cloud.active_cas().await)?,
    })
}

fn answer<T>(result: Result<T>) -> Result<Answer<T>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.downcast_ref::<Refused>().is_some() => Ok(Err(format!("cannot {error:#}"))),
        Err(error) => Err(error),
    }
}

/// What registration needs and how it stands, in the order in which it is put right.
fn needs(seen: &Seen, stack: &Stack, now: Timestamp) -> Vec<Need> {
    let events = need("registration events (CA_CERTIFICATE)".to_owned(), &seen.events, |events| match events {
        Events::On => (State::Ok, ", on".to_owned(), None),
        Events::TurnedOn => (State::Changed, ", turned on".to_owned(), None),
        Events::Off => (State::Missing, ", off".to_owned(), Some("turn them on with `warden setup`".to_owned())),
    });
    let allowed = match &seen.deployed {
        // Without it there is none of its resources, and nothing more to say.
        Ok(Deployed::Absent) => return vec![events, absent(stack)],
        Ok(Deployed::Silent) => Err(format!(
            "the stack `{stack}` has no output AllowedCaCertificateIds: deploy it from this version, with `{}`",
            stack.deploy(&[])
        )),
        Ok(Deployed::Allows(ids)) => Ok(ids.clone()),
        Err(refusal) => Err(refusal.clone()),
    };
    let deploy = format!("deploy the stack with `{}`, or name another with `--stack`", stack.deploy(&[]));
    let there = |there: &bool| {
        if *there { (State::Ok, String::new(), None) } else { (State::Missing, String::new(), Some(deploy.clone())) }
    };
    let thing_type = stack.thing_type();
    let rule = stack.rule();
    let mut needs = vec![
        events,
        need(format!("thing type {thing_type}"), &seen.thing_type, |found| match found {
            Some(true) => (State::Ok, String::new(), None),
            Some(false) => {
                let remedy = format!(
                    "take it back with `aws iot deprecate-thing-type --undo-deprecate --thing-type-name {thing_type}`"
                );
                (State::Missing, ", deprecated".to_owned(), Some(remedy))
            }
            None => there(&false),
        }),
        need(format!("thing group {}", stack.thing_group()), &seen.thing_group, there),
        need(format!("camera policy {}", stack.camera_policy()), &seen.policy, there),
        need(format!("role alias {}", stack.role_alias()), &seen.role_alias, there),
        need(format!("topic rule {rule}"), &seen.rule, |found| match found {
            Some(true) => (State::Ok, ", enabled".to_owned(), None),
            Some(false) => {
                let remedy = format!("enable it with `aws iot enable-topic-rule --rule-name {rule}`");
                (State::Missing, ", disabled".to_owned(), Some(remedy))
            }
            None => there(&false),
        }),
    ];
    match &seen.cas {
        Ok(cas) => needs.extend(authorities::authorities(cas, &allowed, stack, now)),
        Err(refusal) => needs.push(Need {
            state: State::Unknown,
            what: "CA, active, with automatic registration, and allowed".to_owned(),
            remedy: Some(refusal.clone()),
        }),
    }
    needs
}

fn absent(stack: &Stack) -> Need {
    let remedy = format!(
        "deploy it with `{}`, where CA-ID is what `warden ca create` printed, or name another with `--stack`",
        stack.deploy(&["CA-ID"])
    );
    Need { state: State::Missing, what: format!("stack `{stack}`, which does not exist"), remedy: Some(remedy) }
}

fn need<T>(what: String, answer: &Answer<T>, judge: impl FnOnce(&T) -> (State, String, Option<String>)) -> Need {
    match answer {
        Ok(value) => {
            let (state, more, remedy) = judge(value);
            Need { state, what: what + &more, remedy }
        }
        Err(refusal) => Need { state: State::Unknown, what, remedy: Some(refusal.clone()) },
    }
}

fn tell(needs: &[Need], out: &mut impl Write) -> Result<()> {
    for (at, need) in needs.iter().enumerate() {
        writeln!(out, "{:<8} {}", need.state.to_string(), need.what)?;
        // One deployment brings several: its remedy is told once, after the last of them.
        let next = needs.get(at.saturating_add(1)).and_then(|next| next.remedy.as_ref());
        if let Some(remedy) = need.remedy.as_ref().filter(|remedy| Some(*remedy) != next) {
            writeln!(out, "         {remedy}")?;
        }
    }
    let lacking = needs.iter().filter(|need| need.lacks()).count();
    writeln!(out)?;
    match lacking {
        0 if needs.iter().any(|need| need.state == State::Note) => {
            writeln!(out, "cameras can register, but those of the CAs noted cannot")?;
        }
        0 => writeln!(out, "cameras can register")?,
        1 => writeln!(out, "cameras cannot register yet: 1 of {} is missing or could not be looked at", needs.len())?,
        _ => writeln!(
            out,
            "cameras cannot register yet: {lacking} of {} are missing or could not be looked at",
            needs.len()
        )?,
    }
    Ok(())
}

/// With `--check` everything must be there; without it, the one thing that setup does must be done.
fn verdict(needs: &[Need], check: bool) -> Verdict {
    let ours = if check { needs } else { needs.get(..1).unwrap_or_default() };
    if ours.iter().any(Need::lacks) { Verdict::Amiss } else { Verdict::Well }
}

impl Need {
    /// Whether cameras cannot register for want of it, as far as is known.
    fn lacks(&self) -> bool {
        matches!(self.state, State::Missing | State::Unknown)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Note => "note",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn ca(auto_registration: bool, until: Option<&str>) -> Ca {
        let until = until.map(|until| until.parse().expect("a time"));
        Ca { id: "0123456789abcdef".repeat(4), active: true, auto_registration, until }
    }

    fn all_there() -> Seen {
        Seen {
            events: Ok(Events::On),
            deployed: Ok(Deployed::Allows(vec!["0123456789abcdef".repeat(4)])),
            thing_type: Ok(Some(true)),
            thing_group: Ok(true),
            policy: Ok(true),
            role_alias: Ok(true),
            rule: Ok(Some(true)),
            cas: Ok(vec![ca(true, Some("2036-11-19T12:00:00Z"))]),
        }
    }

    fn told(seen: &Seen) -> String {
        let stack = Stack::parse("kvs-warden").expect("a stack name");
        let mut out = Vec::new();
        tell(&needs(seen, &stack, noon()), &mut out).expect("told");
        String::from_utf8(out).expect("text")
    }

    fn verdicts(seen: &Seen) -> (Verdict, Verdict) {
        let stack = Stack::parse("kvs-warden").expect("a stack name");
        let needs = needs(seen, &stack, noon());
        (verdict(&needs, false), verdict(&needs, true))
    }

    #[test]
    fn when_all_is_there_cameras_can_register() {
        assert_eq!(verdicts(&all_there()), (Verdict::Well, Verdict::Well));
        insta::assert_snapshot!(told(&Seen { events: Ok(Events::TurnedOn), ..all_there() }));
    }

    #[test]
    fn every_line_of_an_empty_account_has_its_remedy() {
        let seen = Seen {
            events: Ok(Events::Off),
            deployed: Ok(Deployed::Allows(vec![])),
            thing_type: Ok(None),
            thing_group: Ok(false),
            policy: Ok(false),
            role_alias: Ok(false),
            rule: Ok(None),
            cas: Ok(vec![]),
        };
        assert_eq!(verdicts(&seen), (Verdict::Amiss, Verdict::Amiss));
        insta::assert_snapshot!(told(&seen));
    }

    #[test]
    fn what_is_there_but_unfit_counts_as_missing() {
        let cases = [
            Seen { thing_type: Ok(Some(false)), ..all_there() },
            Seen { rule: Ok(Some(false)), ..all_there() },
            Seen { cas: Ok(vec![ca(false, None)]), ..all_there() },
            Seen { cas: Ok(vec![ca(true, Some("2026-11-22T11:59:59Z"))]), ..all_there() },
        ];
        for seen in cases {
            assert_eq!(verdicts(&seen), (Verdict::Well, Verdict::Amiss), "{seen:?}");
            assert!(told(&seen).contains("missing  "), "{seen:?}");
        }
    }

    #[test]
    fn what_may_not_be_looked_at_is_neither_there_nor_missing() {
        let seen = Seen { policy: Err("cannot read the policy: AccessDeniedException".to_owned()), ..all_there() };
        assert_eq!(verdicts(&seen), (Verdict::Well, Verdict::Amiss));
        assert!(told(&seen).contains("unknown  camera policy"), "{}", told(&seen));
    }

    #[test]
    fn a_ca_that_is_not_allowed_refuses_every_camera() {
        let seen = Seen { deployed: Ok(Deployed::Allows(vec![])), ..all_there() };
        assert_eq!(verdicts(&seen), (Verdict::Well, Verdict::Amiss));
        let said = told(&seen);
        assert!(said.contains("missing  CA 01234567 is registered and not in AllowedCaCertificateIds\n"), "{said}");
        assert!(said.contains("cameras cannot register yet: 1 of 7"), "{said}");
    }

    #[test]
    fn beside_a_ca_that_is_all_right_another_is_only_noted() {
        let ids = vec!["0123456789abcdef".repeat(4), "f".repeat(64)];
        let seen = Seen { deployed: Ok(Deployed::Allows(ids)), ..all_there() };
        assert_eq!(verdicts(&seen), (Verdict::Well, Verdict::Well));
        insta::assert_snapshot!(told(&seen));
    }

    #[test]
    fn a_list_that_may_not_be_read_is_not_all_right() {
        let silent = "the stack `kvs-warden` has no output AllowedCaCertificateIds";
        let denied = "cannot read the stack `kvs-warden`: AccessDenied";
        for (deployed, why) in [(Ok(Deployed::Silent), silent), (Err(denied.to_owned()), denied)] {
            let seen = Seen { deployed, ..all_there() };
            assert_eq!(verdicts(&seen), (Verdict::Well, Verdict::Amiss));
            let line = format!("unknown  CA 01234567, which the stack may not allow\n         {why}");
            assert!(told(&seen).contains(&line), "{}", told(&seen));
        }
    }

    #[test]
    fn a_stack_that_is_not_there_is_one_line() {
        let seen = Seen { deployed: Ok(Deployed::Absent), thing_type: Ok(None), policy: Ok(false), ..all_there() };
        assert_eq!(verdicts(&seen), (Verdict::Well, Verdict::Amiss));
        insta::assert_snapshot!(told(&seen));
    }

    #[test]
    fn only_a_refusal_is_an_answer() {
        let lost: Result<Answer<bool>> = answer(Err(anyhow::anyhow!("no route")));
        assert!(lost.is_err());
    }
}
