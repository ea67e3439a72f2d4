//! Who asks, and whom a resource's policy names.

mod caller;
mod element;

pub use caller::{Caller, Principal, PrincipalFault};
pub use element::{Named, PrincipalElement, PrincipalEntry};
