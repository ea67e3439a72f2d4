//! The Lambda function `budget`.

use budget::{Budget, Settings};
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::log::init();
    let budget = &Budget::connect(Settings::from_env(lambda::settings::env)?).await?;
    run(service_fn(|event: LambdaEvent<_>| budget.handle(event))).await
}
