//! Firehose, and all the places that it delivers to.

use aws_sdk_firehose::types::{
    DeliveryStreamDescription, DestinationDescription, EncryptionConfiguration, ExtendedS3DestinationDescription,
    S3DestinationDescription,
};

use super::Aws;
use super::answer::{answer, present, settle};
use crate::inventory::{DeliveryStream, Destination, Inventory, Missing};

impl Aws {
    /// 25 a page, each looked at, 4 calls a second.
    ///
    /// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListDeliveryStreams.html>
    pub(super) async fn delivery_streams(
        &self,
        last: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        self.firehose_pace.place().await;
        let call = self.firehose.list_delivery_streams().limit(25).set_exclusive_start_delivery_stream_name(last);
        let page = answer("firehose:ListDeliveryStreams", call.send().await)?;
        for name in &page.delivery_stream_names {
            match self.delivery_stream(name).await? {
                Some(stream) => into.delivery_streams.items.push(stream),
                None => {
                    into.gone.insert(into.taken.arn("firehose", &format!("deliverystream/{name}")));
                }
            }
        }
        Ok(page.delivery_stream_names.last().cloned().filter(|_last| page.has_more_delivery_streams))
    }

    /// One Firehose stream.
    pub(super) async fn look_delivery_stream(&self, name: &str, into: &mut Inventory) {
        let looked = self.delivery_stream(name).await;
        let gone = into.taken.arn("firehose", &format!("deliverystream/{name}"));
        settle(&mut into.delivery_streams, (&mut into.gone, gone), |stream| &stream.delivery_stream_arn, looked);
    }

    async fn delivery_stream(&self, name: &str) -> Result<Option<DeliveryStream>, Missing> {
        self.firehose_pace.place().await;
        let described = self.firehose.describe_delivery_stream().delivery_stream_name(name).send().await;
        let described = present("firehose:DescribeDeliveryStream", described)?;
        Ok(described.and_then(|answer| answer.delivery_stream_description).map(delivery_stream))
    }
}

fn delivery_stream(stream: DeliveryStreamDescription) -> DeliveryStream {
    let encryption = stream.delivery_stream_encryption_configuration;
    let (status, key_type) = encryption.map_or((None, None), |encryption| (encryption.status, encryption.key_type));
    DeliveryStream {
        delivery_stream_name: stream.delivery_stream_name,
        delivery_stream_arn: stream.delivery_stream_arn,
        delivery_stream_type: stream.delivery_stream_type.as_str().to_owned(),
        encryption_status: status.map(|status| status.as_str().to_owned()),
        key_type: key_type.map(|kind| kind.as_str().to_owned()),
        destinations: stream.destinations.into_iter().flat_map(destinations).collect(),
    }
}

/// The places of one destination: it, and the bucket in which it stages or backs up.
fn destinations(of: DestinationDescription) -> Vec<Destination> {
    let mut places = Vec::new();
    // For an S3 destination AWS fills in the plain and the extended description alike.
    match (of.extended_s3_destination_description, of.s3_destination_description) {
        (Some(s3), _) => extended(s3, &mut places),
        (None, Some(s3)) => places.push(bucket("s3", s3)),
        (None, None) => {}
    }
    let mut place = |kind: &str, target: Option<String>, buckets: [Option<S3DestinationDescription>; 2]| {
        let target = target.unwrap_or_default();
        places.push(Destination { kind: kind.to_owned(), target, key_arn: None, no_encryption: false });
        let named = ["staging", "backup"].map(|use_of| format!("{kind} {use_of}"));
        places.extend(buckets.into_iter().zip(named).filter_map(|(s3, kind)| Some(bucket(&kind, s3?))));
    };
    if let Some(it) = of.redshift_destination_description {
        place("redshift", Some(it.cluster_jdbcurl), [it.s3_destination_description, it.s3_backup_description]);
    }
    if let Some(it) = of.elasticsearch_destination_description {
        place("elasticsearch", it.domain_arn.or(it.cluster_endpoint), [None, it.s3_destination_description]);
    }
    if let Some(it) = of.amazonopensearchservice_destination_description {
        place("opensearch", it.domain_arn.or(it.cluster_endpoint), [None, it.s3_destination_description]);
    }
    if let Some(it) = of.amazon_open_search_serverless_destination_description {
        place("opensearch serverless", it.collection_endpoint, [None, it.s3_destination_description]);
    }
    if let Some(it) = of.splunk_destination_description {
        place("splunk", it.hec_endpoint, [None, it.s3_destination_description]);
    }
    if let Some(it) = of.http_endpoint_destination_description {
        place("http", it.endpoint_configuration.and_then(|to| to.url), [None, it.s3_destination_description]);
    }
    if let Some(it) = of.snowflake_destination_description {
        place("snowflake", it.account_url, [None, it.s3_destination_description]);
    }
    if let Some(it) = of.iceberg_destination_description {
        let catalog = it.catalog_configuration.and_then(|catalog| catalog.catalog_arn);
        place("iceberg", catalog, [None, it.s3_destination_description]);
    }
    places
}

fn extended(s3: ExtendedS3DestinationDescription, places: &mut Vec<Destination>) {
    places.push(in_s3("s3", s3.bucket_arn, s3.encryption_configuration));
    places.extend(s3.s3_backup_description.map(|backup| bucket("s3 backup", backup)));
}

fn bucket(kind: &str, s3: S3DestinationDescription) -> Destination {
    in_s3(kind, s3.bucket_arn, s3.encryption_configuration)
}

/// A bucket to which nothing else is said than `NoEncryption`, or nothing at all, is left to encrypt by itself.
fn in_s3(kind: &str, bucket_arn: String, encryption: Option<EncryptionConfiguration>) -> Destination {
    let key_arn = encryption.and_then(|encryption| encryption.kms_encryption_config).map(|key| key.awskms_key_arn);
    Destination { kind: kind.to_owned(), target: bucket_arn, no_encryption: key_arn.is_none(), key_arn }
}

#[cfg(test)]
mod tests {
    use aws_sdk_firehose::types::{
        BufferingHints, CompressionFormat, HttpEndpointDescription, HttpEndpointDestinationDescription,
        KmsEncryptionConfig, NoEncryptionConfig,
    };

    use super::*;

    fn s3(bucket: &str, encryption: Option<EncryptionConfiguration>) -> S3DestinationDescription {
        S3DestinationDescription::builder()
            .role_arn("arn:aws:iam::123456789012:role/r")
            .bucket_arn(format!("arn:aws:s3:::{bucket}"))
            .buffering_hints(BufferingHints::builder().build())
            .compression_format(CompressionFormat::Gzip)
            .set_encryption_configuration(encryption)
            .build()
            .unwrap()
    }

    fn keyed() -> EncryptionConfiguration {
        let key = KmsEncryptionConfig::builder().awskms_key_arn("arn:aws:kms:eu-west-1:123456789012:key/1");
        EncryptionConfiguration::builder().kms_encryption_config(key.build().unwrap()).build()
    }

    fn plain() -> EncryptionConfiguration {
        EncryptionConfiguration::builder().no_encryption_config(NoEncryptionConfig::NoEncryption).build()
    }

    fn place(kind: &str, target: &str, key_arn: Option<&str>, no_encryption: bool) -> Destination {
        Destination {
            kind: kind.to_owned(),
            target: target.to_owned(),
            key_arn: key_arn.map(str::to_owned),
            no_encryption,
        }
    }

    #[test]
    fn a_bucket_described_twice_is_one_place_and_its_backup_another() {
        let main = s3("main", Some(keyed()));
        let extended = ExtendedS3DestinationDescription::builder()
            .role_arn(&main.role_arn)
            .bucket_arn(&main.bucket_arn)
            .compression_format(CompressionFormat::Gzip)
            .set_encryption_configuration(main.encryption_configuration.clone())
            .s3_backup_description(s3("backup", Some(plain())))
            .build()
            .unwrap();
        let of = DestinationDescription::builder()
            .destination_id("1")
            .s3_destination_description(main)
            .extended_s3_destination_description(extended)
            .build()
            .unwrap();
        let key = Some("arn:aws:kms:eu-west-1:123456789012:key/1");
        let expected =
            [place("s3", "arn:aws:s3:::main", key, false), place("s3 backup", "arn:aws:s3:::backup", None, true)];
        assert_eq!(destinations(of), expected);
    }

    #[test]
    fn an_endpoint_has_its_url_and_the_bucket_of_what_it_refused() {
        let endpoint = HttpEndpointDescription::builder().url("https://example.com").build();
        let http = HttpEndpointDestinationDescription::builder()
            .endpoint_configuration(endpoint)
            .s3_destination_description(s3("refused", None))
            .build();
        let of = DestinationDescription::builder().destination_id("1").http_endpoint_destination_description(http);
        let expected = [
            place("http", "https://example.com", None, false),
            place("http backup", "arn:aws:s3:::refused", None, true),
        ];
        assert_eq!(destinations(of.build().unwrap()), expected);
    }
}
