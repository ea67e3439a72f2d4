//! The bucket: reports, `audit.yaml`, and what a sweep has read so far.

use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use lambda::call::CallError;

use super::Store;

impl Store {
    /// Puts an object.
    pub async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), CallError> {
        let call = self.s3.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        call.body(ByteStream::from(body)).send().await.map(|_| ()).map_err(|error| CallError::new("PutObject", &error))
    }

    /// Reads an object; None when there is none.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, CallError> {
        let answer = match self.s3.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.as_service_error() {
                    Some(GetObjectError::NoSuchKey(_)) => Ok(None),
                    _ => Err(CallError::new("GetObject", &error)),
                };
            }
        };
        match answer.body.collect().await {
            Ok(body) => Ok(Some(body.to_vec())),
            Err(error) => Err(CallError {
                operation: "GetObject",
                class: lambda::call::Class::Unavailable,
                code: String::new(),
                cause: lambda::call::chain(&error),
            }),
        }
    }

    /// Removes an object of ours.
    pub async fn remove(&self, key: &str) -> Result<(), CallError> {
        let call = self.s3.delete_object().bucket(&self.bucket).key(key);
        call.send().await.map(|_| ()).map_err(|error| CallError::new("DeleteObject", &error))
    }
}
