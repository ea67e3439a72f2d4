//! The connections that all AWS clients share.
//!
//! By itself each client of the SDK has its own: when it is made it reads the system's root certificates and makes TLS
//! ready with them, to see that it can, and again at its first call. A function has up to twenty clients, whose cold
//! start that was.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_config::BehaviorVersion;
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin as _;
use aws_smithy_types::config_bag::ConfigBag;

/// The SDK's own way out, for all clients; `None` where the SDK has none.
pub(crate) fn shared() -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(BehaviorVersion::latest())?;
    let client = plugin.runtime_components(&RuntimeComponentsBuilder::new("connections")).http_client()?;
    Some(SharedHttpClient::new(Shared { client, checked: AtomicBool::new(false) }))
}

/// Is asked by the first client whether it works, and takes what it said for an answer to the others.
#[derive(Debug)]
struct Shared {
    client: SharedHttpClient,
    checked: AtomicBool,
}

impl HttpClient for Shared {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.client.http_connector(settings, components)
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        if self.checked.load(Ordering::Acquire) {
            return Ok(());
        }
        // While the function starts, and not when the first camera waits: it reads the root certificates.
        self.client.validate_base_client_config(components, config)?;
        self.checked.store(true, Ordering::Release);
        Ok(())
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.client.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.client.connector_metadata()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU32;

    use super::*;

    /// Counts how often it is asked, and is not fine at first.
    #[derive(Debug)]
    struct Counting(Arc<AtomicU32>);

    impl HttpClient for Counting {
        fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
            panic!("nothing is called here")
        }

        fn validate_base_client_config(&self, _: &RuntimeComponentsBuilder, _: &ConfigBag) -> Result<(), BoxError> {
            if self.0.fetch_add(1, Ordering::Relaxed) == 0 { Err("not yet".into()) } else { Ok(()) }
        }
    }

    #[test]
    fn what_works_is_asked_once_and_what_does_not_again() {
        let asked = Arc::new(AtomicU32::new(0));
        let client = SharedHttpClient::new(Counting(Arc::clone(&asked)));
        let shared = Shared { client, checked: AtomicBool::new(false) };
        let check =
            || shared.validate_base_client_config(&RuntimeComponentsBuilder::new("test"), &ConfigBag::base()).is_ok();
        assert_eq!([check(), check(), check(), check()], [false, true, true, true]);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn the_sdk_has_a_way_out() {
        assert!(shared().is_some());
    }
}
