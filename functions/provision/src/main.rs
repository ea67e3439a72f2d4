//! The Lambda function `provision`.

use lambda_runtime::{LambdaEvent, run, service_fn};
use provision::{Provision, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::log::init();
    let provision = &Provision::connect(Settings::from_env(lambda::settings::env)?).await?;
    run(service_fn(|event: LambdaEvent<_>| provision.handle(event))).await
}
