//! Managed Service for Apache Flink, whose API and permissions are those of Kinesis Data Analytics.

use aws_sdk_kinesisanalyticsv2::types::ApplicationDetail;

use super::Aws;
use super::answer::{account_of, answer, name_of, present, settle, token};
use crate::inventory::{FlinkApplication, Inventory, Missing};

impl Aws {
    /// 25 a page, each looked at.
    ///
    /// <https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplications.html>
    pub(super) async fn flink_applications(
        &self,
        next: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let call = self.flink.list_applications().limit(25).set_next_token(next);
        let page = answer("kinesisanalytics:ListApplications", call.send().await)?;
        for listed in page.application_summaries {
            match self.flink_application(&listed.application_name).await? {
                Some(application) => into.flink_applications.items.push(application),
                None => {
                    into.gone.insert(listed.application_arn);
                }
            }
        }
        Ok(token(page.next_token))
    }

    /// An application and its role.
    pub(super) async fn look_flink_application(&self, name: &str, into: &mut Inventory) {
        let looked = self.flink_application(name).await;
        if let Ok(Some(application)) = &looked
            && account_of(&application.service_execution_role) == into.taken.account
        {
            self.look_role(name_of(&application.service_execution_role), into).await;
        }
        let gone = into.taken.arn("kinesisanalytics", &format!("application/{name}"));
        settle(&mut into.flink_applications, (&mut into.gone, gone), |it| &it.application_arn, looked);
    }

    async fn flink_application(&self, name: &str) -> Result<Option<FlinkApplication>, Missing> {
        let described = self.flink.describe_application().application_name(name).send().await;
        let described = present("kinesisanalytics:DescribeApplication", described)?;
        Ok(described.and_then(|answer| answer.application_detail).map(flink_application))
    }
}

fn flink_application(detail: ApplicationDetail) -> FlinkApplication {
    let logs = detail.cloud_watch_logging_option_descriptions.unwrap_or_default().into_iter();
    let networks = detail.application_configuration_description.and_then(|it| it.vpc_configuration_descriptions);
    FlinkApplication {
        application_name: detail.application_name,
        application_arn: detail.application_arn,
        service_execution_role: detail.service_execution_role.unwrap_or_default(),
        log_streams: logs.map(|log| log.log_stream_arn).collect(),
        subnets: networks.unwrap_or_default().into_iter().flat_map(|network| network.subnet_ids).collect(),
    }
}
