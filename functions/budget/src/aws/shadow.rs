//! What a camera is asked for in its named shadow `kvs-warden`.

use aws_sdk_iotdataplane::primitives::Blob;
use lambda::call::CallError;
use serde_json::{Value, json};

use super::Aws;

/// The shadow's name. The cameras' IoT policy lets them read and answer it.
pub(super) const SHADOW: &str = "kvs-warden";

/// The part of a shadow that is ours, and the version that it was read at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shadow {
    /// What is desired under `throttle`; null where nothing is.
    pub desired: Value,
    /// What the camera reported under `throttle`.
    pub reported: Value,
    /// The version; None where there is no shadow.
    pub version: Option<i64>,
}

impl Shadow {
    /// Reads a shadow's document. What is not in its place counts as not there: a camera writes a part of it.
    pub fn parse(document: &[u8]) -> serde_json::Result<Self> {
        let document: Value = serde_json::from_slice(document)?;
        let part = |side: &str| document.pointer(&format!("/state/{side}/throttle")).cloned().unwrap_or_default();
        let version = document.get("version").and_then(Value::as_i64);
        Ok(Self { desired: part("desired"), reported: part("reported"), version })
    }
}

impl Aws {
    /// Reads a camera's shadow. One that is not there is empty.
    ///
    /// <https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-document.html>
    pub async fn shadow(&self, thing: &str) -> Result<Shadow, CallError> {
        match self.iotdataplane.get_thing_shadow().thing_name(thing).shadow_name(SHADOW).send().await {
            Ok(answer) => {
                let document = answer.payload.map(Blob::into_inner).unwrap_or_default();
                Shadow::parse(&document).map_err(|error| CallError::unbuilt("GetThingShadow", &error))
            }
            Err(error) => match CallError::new("GetThingShadow", &error) {
                error if error.is_absent() => Ok(Shadow::default()),
                error => Err(error),
            },
        }
    }

    /// Writes what is desired, if the shadow still is as it was read: otherwise AWS answers with a conflict. Null takes it
    /// away.
    pub async fn desire(&self, thing: &str, desired: &Value, version: Option<i64>) -> Result<(), CallError> {
        let mut document = json!({ "state": { "desired": { "throttle": desired } } });
        if let (Some(version), Some(document)) = (version, document.as_object_mut()) {
            document.insert("version".to_owned(), version.into());
        }
        let call = self.iotdataplane.update_thing_shadow().thing_name(thing).shadow_name(SHADOW);
        let call = call.payload(Blob::new(document.to_string()));
        call.send().await.map(|_| ()).map_err(|error| CallError::new("UpdateThingShadow", &error))
    }
}
