//! Encoding replies within their bound: a page that is too large is refused, with the size that
//! fits. What cannot be cut further is shown: one item is bounded where it is written.

use plansync_protocol::{Details, Encoding, Error, ErrorCode, PAGE_BYTES_MAX, PageSize, Paged};
use serde::Serialize;

use crate::refusal::internal;

/// The encoded reply of a read.
pub(crate) fn page<R: Paged + Serialize>(reply: &R, encoding: Encoding) -> Result<Vec<u8>, Error> {
    let body = encoding
        .encode(reply)
        .map_err(|error| internal(error.to_string()))?;
    if body.len() <= PAGE_BYTES_MAX || reply.items().len() <= 1 {
        return Ok(body);
    }
    let sizes: Vec<usize> = reply
        .items()
        .iter()
        .map(|item| {
            encoding
                .encode(item)
                .map_or(PAGE_BYTES_MAX, |bytes| bytes.len())
        })
        .collect();
    Err(too_large(fitting(&sizes, body.len())))
}

fn too_large(page_size: u16) -> Error {
    let message =
        format!("the page would pass {PAGE_BYTES_MAX} bytes; ask for pages of {page_size} items");
    Error::new(ErrorCode::PageTooLarge, message).with(Details {
        page_size: Some(page_size),
        ..Details::default()
    })
}

/// The largest page size for which every run of items fits that this page could be cut into.
fn fitting(sizes: &[usize], body_bytes: usize) -> u16 {
    // A byte or two stand between items, and the map around them has its own.
    const BETWEEN: usize = 2;
    let around = body_bytes.saturating_sub(sizes.iter().sum()) + BETWEEN * sizes.len();
    let fits = |count: usize| {
        let mut runs = sizes.windows(count);
        runs.all(|run| run.iter().sum::<usize>() + around <= PAGE_BYTES_MAX)
    };
    let count = (1..sizes.len())
        .rev()
        .find(|count| fits(*count))
        .unwrap_or(1);
    u16::try_from(count).unwrap_or(PageSize::MAX.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_that_fits_holds_for_every_part_of_the_page() {
        let third = PAGE_BYTES_MAX / 3;
        assert_eq!(fitting(&[third, third, third], 3 * third + 10), 2);
        assert_eq!(
            fitting(&[10, 10, PAGE_BYTES_MAX - 30, 10], PAGE_BYTES_MAX + 10),
            2
        );
        assert_eq!(fitting(&[PAGE_BYTES_MAX, 10], PAGE_BYTES_MAX + 20), 1);
    }
}
