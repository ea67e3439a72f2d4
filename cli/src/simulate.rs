//! `warden simulate`.

mod answer;

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::args::Verdict;
use answer::Answer;

const EXAMPLES: &str = r#"Examples:
  warden simulate --explain < requests.jsonl
  warden simulate night.jsonl day.jsonl | jq -c 'select(.decision != "Allowed")'

One request a line (here on several):
  {"name": "own stream",
   "principal": "arn:aws:sts::111122223333:assumed-role/camera/1f2e",
   "action": "kinesisvideo:PutMedia",
   "resource": "arn:aws:kinesisvideo:eu-west-1:111122223333:stream/gate-north/1700000000000",
   "context": {"credentials-iot:ThingName": "gate-north"},
   "identityPolicies": [{"name": "camera", "document": {"Version": "2012-10-17", "Statement": {
     "Effect": "Allow", "Action": "kinesisvideo:PutMedia",
     "Resource": "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*"}}}]}

principal: an ARN, a service such as "lambda.amazonaws.com", or null for an anonymous caller. The
policies of a certificate (arn:aws:iot:...:cert/...) are IoT policies. resource: an ARN, or "*" for
actions that take none. context: the condition keys, each with a value or a list; none is added by
itself. Also taken: resourceAccount, resourcePolicy (a role's trust policy and a KMS key's policy
too), permissionsBoundaries, sessionPolicy, endpointPolicies, and for each level from the root down
a list in serviceControlPolicies and resourceControlPolicies. A policy is {"name", "document"}, or
the document itself, or what `aws iam get-role-policy` prints; a document is JSON or its text, plain
or percent-encoded. `jq -c .` joins a request that stands on several lines.

One answer a line: {"name", "decision", "because"}, with decision Allowed, ExplicitlyDenied or
ImplicitlyDenied. Each reason has a kind (statement, missing, rule, note) and a text; a statement
has its layer, policy, place (counted from 0), sid and effect; what is missing tells under "near"
the statements that came near. A line that cannot be read is answered with {"name", "line",
"error"}; the others go on, and the exit code is 1."#;

/// Decide requests as AWS would, from the policies that they bring along. Asks no AWS service.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files of requests, one a line; standard input when none is named or one is `-`.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Explain each decision to a person instead of writing JSON.
    #[arg(long)]
    explain: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Verdict> {
    let mut verdict = Verdict::Well;
    let standard_input = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &standard_input[..] } else { &args.files };
    for file in files {
        let here = if file.as_os_str() == "-" {
            if io::stdin().is_terminal() {
                writeln!(
                    io::stderr(),
                    "reading requests from the terminal, one a line, until Ctrl-D; --help shows one"
                )?;
            }
            answer_all(io::stdin().lock(), None, false, args.explain, out)?
        } else {
            let open = File::open(file).with_context(|| format!("read `{}`", file.display()))?;
            let name = file.display().to_string();
            let several = files.len() > 1;
            answer_all(BufReader::new(open), Some(&name), several, args.explain, out)?
        };
        if here == Verdict::Amiss {
            verdict = Verdict::Amiss;
        }
    }
    Ok(verdict)
}

/// Answers each line as it comes. Empty lines are none.
fn answer_all(
    mut lines: impl BufRead,
    source: Option<&str>,
    several: bool,
    explain: bool,
    out: &mut impl Write,
) -> Result<Verdict> {
    // Of one file, the line says enough.
    let file = source.filter(|_| several);
    let mut verdict = Verdict::Well;
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        if lines
            .read_until(b'\n', &mut bytes)
            .with_context(|| format!("read `{}`", source.unwrap_or("standard input")))?
            == 0
        {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let answer = Answer::of(&bytes, file, number);
        if matches!(answer, Answer::Unreadable { .. }) {
            verdict = Verdict::Amiss;
        }
        if explain {
            answer.explain(out)?;
        } else {
            serde_json::to_writer(&mut *out, &answer).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        out.flush()?;
    }
    Ok(verdict)
}
