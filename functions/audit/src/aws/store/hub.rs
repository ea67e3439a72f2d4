//! Security Hub.

use aws_sdk_securityhub::types::{
    AwsSecurityFinding, Compliance, ComplianceStatus, FindingProviderFields, FindingProviderSeverity, Partition,
    Recommendation, RecordState, Remediation, Resource, SeverityLabel,
};
use lambda::call::{CallError, Class};

use super::Store;
use crate::finding::Finding;
use crate::inventory::Taken;
use crate::report::asff::{AsffFinding, batches};

const OPERATION: &str = "BatchImportFindings";

impl Store {
    /// Gives findings to Security Hub, all batches. What it refuses is an error that tells how many and why the first.
    ///
    /// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>
    pub async fn import(&self, taken: &Taken, findings: &[&Finding]) -> Result<(), CallError> {
        let (mut refused, mut first) = (0_i32, None);
        for batch in batches(taken, findings) {
            let batch: Vec<_> = batch.into_iter().map(finding).collect();
            let answer = self.securityhub.batch_import_findings().set_findings(Some(batch)).send().await;
            let answer = answer.map_err(|error| CallError::new(OPERATION, &error))?;
            let failed = answer.failed_findings.unwrap_or_default();
            if !failed.is_empty() {
                refused = refused.saturating_add(answer.failed_count.unwrap_or(1));
                first = first.or_else(|| failed.into_iter().next());
            }
        }
        let Some(first) = first else { return Ok(()) };
        let (code, message) = (first.error_code().unwrap_or_default(), first.error_message().unwrap_or_default());
        let cause = format!("{refused} findings refused, the first for {code}: {message}");
        Err(CallError { operation: OPERATION, class: Class::Failed, code: code.to_owned(), cause })
    }
}

/// The same in the SDK's words.
fn finding(one: AsffFinding) -> AwsSecurityFinding {
    let fields = one.finding_provider_fields;
    let severity = FindingProviderSeverity::builder()
        .label(SeverityLabel::from(fields.severity.label))
        .original(fields.severity.original)
        .build();
    let resources = one.resources.into_iter().map(|resource| {
        Resource::builder()
            .r#type(resource.r#type)
            .id(resource.id)
            .partition(Partition::from(resource.partition.as_str()))
            .region(resource.region)
            .build()
    });
    let remediation = one.remediation.map(|remediation| {
        let recommendation = remediation.recommendation;
        let recommendation = Recommendation::builder().text(recommendation.text).url(recommendation.url).build();
        Remediation::builder().recommendation(recommendation).build()
    });
    let compliance = Compliance::builder()
        .status(ComplianceStatus::from(one.compliance.status))
        .set_related_requirements(Some(one.compliance.related_requirements))
        .build();
    AwsSecurityFinding::builder()
        .schema_version(one.schema_version)
        .id(one.id)
        .product_arn(one.product_arn)
        .product_name(one.product_name)
        .generator_id(one.generator_id)
        .aws_account_id(one.aws_account_id)
        .created_at(one.created_at)
        .updated_at(one.updated_at)
        .first_observed_at(one.first_observed_at)
        .last_observed_at(one.last_observed_at)
        .finding_provider_fields(
            FindingProviderFields::builder().severity(severity).set_types(Some(fields.types)).build(),
        )
        .title(one.title)
        .description(one.description)
        .set_resources(Some(resources.collect()))
        .set_remediation(remediation)
        .compliance(compliance)
        .record_state(RecordState::from(one.record_state))
        .set_product_fields(Some(one.product_fields.into_iter().collect()))
        .build()
}
