//! The actions that show what cameras see, that lose it, and that put it in.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisvideostreams.html>

/// The actions that read footage: recorded or live video, images of it, and when there is any.
pub(crate) const FOOTAGE: [&str; 9] = [
    "kinesisvideo:GetMedia",
    "kinesisvideo:GetMediaForFragmentList",
    "kinesisvideo:GetClip",
    "kinesisvideo:GetImages",
    "kinesisvideo:GetHLSStreamingSessionURL",
    "kinesisvideo:GetDASHStreamingSessionURL",
    FRAGMENTS,
    "kinesisvideo:ConnectAsViewer",
    "kinesisvideo:JoinStorageSessionAsViewer",
];

/// Tells when there is video, and shows none of it.
const FRAGMENTS: &str = "kinesisvideo:ListFragments";

/// The actions that lose recorded video: with its stream, by keeping it for a shorter time, or by moving it.
pub(crate) const LOSING: [&str; 3] =
    ["kinesisvideo:DeleteStream", "kinesisvideo:UpdateDataRetention", "kinesisvideo:UpdateStreamStorageConfiguration"];

/// The actions that send video as a camera does: into a stream, and to whoever watches a signaling channel.
pub(crate) const SENDING: [&str; 2] = ["kinesisvideo:PutMedia", "kinesisvideo:ConnectAsMaster"];

/// The actions that show pictures. Knowing when there is video is not watching it.
pub(crate) fn pictures() -> Vec<&'static str> {
    FOOTAGE.into_iter().filter(|action| *action != FRAGMENTS).collect()
}

/// The pictures that are asked for on streams, not on signaling channels.
pub(crate) fn pictures_of_streams() -> Vec<&'static str> {
    pictures().into_iter().filter(|action| kinds(action).contains(&"stream")).collect()
}

/// The kinds of resources that an action is about: `stream`, `channel`, both or none; `consumer` for those of data streams.
pub(crate) fn kinds(action: &str) -> Vec<&'static str> {
    let resources = policy::catalogue::action(action).map(|action| action.resources).unwrap_or_default();
    resources.iter().map(policy::catalogue::Target::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_one_of_aws() {
        for action in FOOTAGE.into_iter().chain(LOSING).chain(SENDING) {
            assert_eq!(policy::catalogue::action(action).map(ToString::to_string).as_deref(), Some(action));
        }
    }

    #[test]
    fn pictures_are_of_streams_or_of_channels() {
        assert_eq!((pictures().len(), pictures_of_streams().len()), (8, 6));
    }
}
