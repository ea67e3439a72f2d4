//! ARNs in conditions: compared component by component.

use crate::context::Context;
use crate::pattern::{Pattern, Piece, Syntax, VariableFault, parts};

/// The six components of an ARN; the last may hold colons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arn<'a>([&'a str; 6]);

impl<'a> Arn<'a> {
    /// None for a text that has no six components.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut components = [""; 6];
        for component in &mut components {
            *component = parts.next()?;
        }
        Some(Self(components))
    }

    fn fits(self, patterns: &[Pattern], context: &Context) -> bool {
        patterns.iter().zip(self.0).all(|(pattern, component)| pattern.matches(component, context))
    }
}

/// An ARN with wildcards. Each of its six components is matched for itself: a `*` in one does not reach into the next.
/// The text `*` alone matches whatever there is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ArnPattern {
    /// The six.
    Parts(Box<[Pattern]>),
    /// Fewer than six components as it stands: it may become an ARN when its variables have values.
    Whole(Pattern),
}

impl ArnPattern {
    pub(crate) fn parse(text: &str, variables: bool) -> Result<Self, VariableFault> {
        let syntax = Syntax { wildcards: true, variables };
        let Some(parts) = parts(text) else { return Ok(Self::Whole(Pattern::parse(text, syntax)?)) };
        Ok(Self::Parts(parts.into_iter().map(|part| Pattern::parse(part, syntax)).collect::<Result<_, _>>()?))
    }

    pub(crate) fn matches(&self, arn: Arn<'_>, context: &Context) -> bool {
        match self {
            Self::Parts(patterns) => arn.fits(patterns, context),
            Self::Whole(pattern) if pattern.is_any() => true,
            Self::Whole(pattern) => {
                let patterns = pattern.resolved(context).as_ref().and_then(split);
                patterns.is_some_and(|patterns| arn.fits(&patterns, Context::EMPTY))
            }
        }
    }

    /// The components one after the other.
    pub(crate) fn patterns(&self) -> &[Pattern] {
        match self {
            Self::Parts(patterns) => patterns,
            Self::Whole(pattern) => std::slice::from_ref(pattern),
        }
    }

    /// An ARN that it matches, where its variables have values.
    pub(crate) fn witness(&self, context: &Context) -> Option<String> {
        let texts = self.patterns().iter().map(|pattern| Some(pattern.resolved(context)?.witness().to_string()));
        Some(texts.collect::<Option<Vec<_>>>()?.join(":"))
    }
}

/// Six patterns of one without variables, cut at its first five colons.
fn split(pattern: &Pattern) -> Option<[Pattern; 6]> {
    let mut patterns = vec![Vec::new()];
    for piece in pattern.pieces() {
        let mut rest = match piece {
            Piece::Text(text) => &**text,
            other => {
                patterns.last_mut()?.push(other.clone());
                continue;
            }
        };
        while let Some((before, behind)) = rest.split_once(':').filter(|_| patterns.len() < 6) {
            patterns.last_mut()?.push(Piece::Text(before.into()));
            patterns.push(Vec::new());
            rest = behind;
        }
        patterns.last_mut()?.push(Piece::Text(rest.into()));
    }
    let patterns: Vec<_> = patterns.into_iter().map(Pattern::from_pieces).collect();
    patterns.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, arn: &str) -> bool {
        let context = Context::new([("aws:PrincipalArn", "arn:aws:iam::111122223333:role/*")]);
        let pattern = ArnPattern::parse(pattern, true).unwrap();
        Arn::parse(arn).is_some_and(|arn| pattern.matches(arn, &context))
    }

    #[test]
    fn a_wildcard_stays_within_its_component() {
        assert!(matches("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b:c"));
        assert!(!matches("arn:aws:*:role/*:x:y", "arn:aws:iam::111122223333:role/a:x:y"));
        assert!(!matches("arn:*", "arn:aws:iam::111122223333:role/a"), "fewer than six components");
        assert!(matches("*", "arn:aws:iam::111122223333:role/a"));
        assert!(!matches("arn:aws:iam::*:*", "no arn"));
    }

    #[test]
    fn a_variable_may_be_a_whole_arn_and_its_star_is_a_character() {
        assert!(matches("${aws:PrincipalArn}", "arn:aws:iam::111122223333:role/*"));
        assert!(!matches("${aws:PrincipalArn}", "arn:aws:iam::111122223333:role/a"));
        assert!(!matches("${aws:SourceArn}", "arn:aws:iam::111122223333:role/a"));
    }
}
