//! Who asks, and whom a resource's policy names.

mod caller;
mod element;

pub(crate) use caller::is_account;
pub use caller::{Caller, Principal, PrincipalFault};
pub use element::{Named, PrincipalElement, PrincipalEntry};
