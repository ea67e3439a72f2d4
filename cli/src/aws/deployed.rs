//! What a deployed stack says of itself.

use anyhow::{Result, anyhow};
use aws_sdk_cloudformation::error::{ProvideErrorMetadata as _, SdkError};

use super::Cloud;
use crate::stack::Stack;

/// The template's output, and its parameter, of the CAs whose cameras may join.
const ALLOWED: &str = "AllowedCaCertificateIds";

/// What the output says when no CA is allowed.
const NONE: &str = "none";

/// Whether a stack is deployed, and which CAs it allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deployed {
    /// There is no stack of this name.
    Absent,
    /// There is one, and it has no output that names the CAs: it is of an older template, or no stack of ours, or its
    /// first deployment has not ended well.
    Silent,
    /// It allows the CAs of these certificate ids.
    Allows(Vec<String>),
}

impl Cloud {
    /// Reads which CAs a stack allows.
    ///
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>
    pub(crate) async fn deployed(&self, stack: &Stack) -> Result<Deployed> {
        let answer = match self.stacks.describe_stacks().stack_name(stack.to_string()).send().await {
            Ok(answer) => answer,
            // CloudFormation has no error of its own for it.
            Err(SdkError::ServiceError(error)) if absent(error.err().code(), error.err().message()) => {
                return Ok(Deployed::Absent);
            }
            Err(error) => return Err(self.place.failed(format!("read the stack `{stack}`"), &error)),
        };
        let outputs = answer.stacks.into_iter().flatten().flat_map(|stack| stack.outputs.unwrap_or_default());
        let mut allowed = outputs.filter(|output| output.output_key.as_deref() == Some(ALLOWED));
        Ok(allowed.find_map(|output| output.output_value).map_or(Deployed::Silent, |value| parse(&value)))
    }

    /// That there is no such stack, as an error that reads well after "cannot".
    pub(crate) fn no_stack(&self, stack: &Stack) -> anyhow::Error {
        anyhow!(
            "show the cameras: there is no stack `{stack}` in Region `{}`: name another with `--stack`",
            self.place.region
        )
    }
}

fn absent(code: Option<&str>, message: Option<&str>) -> bool {
    code == Some("ValidationError") && message.is_some_and(|message| message.contains("does not exist"))
}

fn parse(value: &str) -> Deployed {
    let ids = value.split(',').map(str::trim).filter(|id| !id.is_empty() && *id != NONE);
    Deployed::Allows(ids.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_that_names_no_ca_allows_none() {
        assert_eq!(parse("none"), Deployed::Allows(vec![]));
        assert_eq!(parse("aa"), Deployed::Allows(vec!["aa".to_owned()]));
        assert_eq!(parse("aa,bb"), Deployed::Allows(vec!["aa".to_owned(), "bb".to_owned()]));
    }

    #[test]
    fn only_the_answer_that_there_is_no_stack_means_that_there_is_none() {
        let said = "Stack with id nosuch does not exist";
        assert!(absent(Some("ValidationError"), Some(said)));
        assert!(!absent(Some("ValidationError"), Some("1 validation error detected")));
        assert!(!absent(Some("AccessDenied"), Some(said)));
        assert!(!absent(None, None));
    }
}
