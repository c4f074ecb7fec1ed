//! What a nats-server sends, with whatever its clients put into it: the first byte says in which pieces it
//! arrives.

use bytes::BytesMut;
use plansync_nats::{FrameFilter, Notice};

/// A line and the headers behind it may wait for more: 256 KiB, 64 KiB, and what the lengths need.
const WAITING_BYTES_MAX: usize = 330 * 1024;

/// What comes out of bytes, and whether all of it passed as it came.
fn filtered(bytes: &[u8], piece: usize) -> (Vec<u8>, bool) {
    let mut filter = FrameFilter::new("_INBOX.me");
    let (mut input, mut output, mut is_whole) = (BytesMut::new(), Vec::new(), true);
    for piece in bytes.chunks(piece) {
        input.extend_from_slice(piece);
        let told = &mut |notice| is_whole &= !matches!(notice, Notice::Withheld { .. });
        if filter.push(&mut input, &mut output, told).is_err() {
            return (output, false);
        }
        assert!(
            input.len() <= WAITING_BYTES_MAX,
            "{} bytes wait",
            input.len()
        );
    }
    (output, is_whole)
}

/// What passes is the same however it arrives, is no more than what came and a few lengths, and passes again.
///
/// # Panics
/// If a guarantee is broken.
pub fn frames(bytes: &[u8]) {
    let Some((piece, bytes)) = bytes.split_first() else {
        return;
    };
    let (output, is_whole) = filtered(bytes, usize::from(*piece) + 1);
    // A message that is passed on in another's place has its subject in it, and a line of its own.
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(
        output.len() <= bytes.len() + lines * 128,
        "{} of {}",
        output.len(),
        bytes.len()
    );
    let (at_once, is_whole_at_once) = filtered(bytes, usize::MAX);
    assert_eq!((&at_once, is_whole_at_once), (&output, is_whole));
    if is_whole {
        assert_eq!(filtered(&output, usize::MAX), (output, true));
    }
}
