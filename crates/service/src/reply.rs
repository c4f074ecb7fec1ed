//! Encoding of replies, within the bound on their size.
//!
//! A page that is too large is refused with the page size that fits. A page with one item is always
//! returned: the size of an item is bounded when it is written.

use plansync_protocol::{
    Details, Encoding, Error, ErrorCode, PAGE_BYTES_MAX, PageSize, ReadOperation,
};

use crate::refusal::unencodable;

/// The encoded reply of a read.
pub(crate) fn page<O: ReadOperation>(
    reply: &O::Reply,
    encoding: Encoding,
) -> Result<Vec<u8>, Error> {
    let body = encoding
        .encode(reply)
        .map_err(|error| unencodable(&error))?;
    let items = O::items(reply);
    if body.len() <= PAGE_BYTES_MAX || items.len() <= 1 {
        return Ok(body);
    }
    let bytes = |item| {
        let encoded = encoding.encode(item);
        encoded.map_or(PAGE_BYTES_MAX, |bytes| bytes.len())
    };
    let sizes: Vec<usize> = items.iter().map(bytes).collect();
    Err(too_large(fitting(&sizes, body.len())))
}

fn too_large(page_size: u16) -> Error {
    let message = format!(
        "the page would have more than {PAGE_BYTES_MAX} bytes; request pages of {page_size} items"
    );
    Error::new(ErrorCode::PageTooLarge, message).with(Details {
        page_size: Some(page_size),
        ..Details::default()
    })
}

/// The largest page size with which every page fits that these items could be cut into.
fn fitting(sizes: &[usize], body_bytes: usize) -> u16 {
    // There are one or two bytes between items; the rest belongs to the map around the list.
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
