//! The Lambda function `audit`.

use audit::{Audit, Settings};
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::log::init();
    let audit = &Audit::connect(Settings::from_env(lambda::settings::env)?).await?;
    run(service_fn(|event: LambdaEvent<_>| audit.handle(event))).await
}
