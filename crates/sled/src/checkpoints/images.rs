//! A file of images: each with a checksum that knows where it belongs.
//!
//! ```text
//! magic 8 · format u32 · log 16 · number u64 · count u32 · crc u32 of all before
//! then each image: bytes u32 · crc u32 of (log, number, offset, bytes) · the bytes
//! ```
//!
//! A place is the offset of an image's first byte, after its checksum.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use plansync_log::bytes::Cursor;
use plansync_log::{ImagePlace, LogId};
use uuid::Uuid;

const MAGIC: [u8; 8] = *b"plansynJ";
const FORMAT: u32 = 1;
/// The largest image, in bytes.
const BYTES_MAX: usize = 64 << 20;
/// `bytes u32 · crc u32`, in front of each image.
const PREFIX_BYTES: u64 = 8;
const HEAD_BYTES: usize = 8 + 4 + 16 + 8 + 4 + 4;

/// The name of the file of this number.
pub(super) fn name(number: u64) -> String {
    format!("images-{number:016}")
}

/// The number in the name of a file of images; `None` for other files.
pub(super) fn number(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("images-")?.parse().ok()
}

pub(super) fn encode(
    log: LogId,
    number: u64,
    images: &[Vec<u8>],
) -> Result<(Vec<u8>, Vec<ImagePlace>), String> {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&FORMAT.to_be_bytes());
    file.extend_from_slice(log.get().as_bytes());
    file.extend_from_slice(&number.to_be_bytes());
    let count = u32::try_from(images.len()).map_err(|_| "too many images for one file")?;
    file.extend_from_slice(&count.to_be_bytes());
    file.extend_from_slice(&crc32fast::hash(&file).to_be_bytes());
    let mut places = Vec::with_capacity(images.len());
    for image in images {
        let bytes = u32::try_from(image.len()).ok();
        let bytes = bytes.filter(|_| image.len() <= BYTES_MAX);
        let bytes = bytes.ok_or_else(|| format!("an image has {} bytes", image.len()))?;
        let offset = u64::try_from(file.len()).unwrap_or(u64::MAX) + PREFIX_BYTES;
        let place = ImagePlace {
            file: number,
            offset,
            bytes,
        };
        file.extend_from_slice(&bytes.to_be_bytes());
        file.extend_from_slice(&crc(log, place, image).to_be_bytes());
        file.extend_from_slice(image);
        places.push(place);
    }
    Ok((file, places))
}

/// An image; `None` if the bytes are not what was written there.
pub(super) fn read(path: &Path, place: ImagePlace) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut head = [0; HEAD_BYTES];
    file.read_exact(&mut head)?;
    let bytes = usize::try_from(place.bytes).unwrap_or(usize::MAX);
    let Some(begin) = place.offset.checked_sub(PREFIX_BYTES) else {
        return Ok(None);
    };
    if bytes > BYTES_MAX || head_log(&head, place.file).is_none() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(begin))?;
    let mut prefix = [0; 8];
    file.read_exact(&mut prefix)?;
    let mut image = vec![0; bytes];
    file.read_exact(&mut image)?;
    let log = head_log(&head, place.file);
    let expected = log.map(|log| {
        [
            place.bytes.to_be_bytes(),
            crc(log, place, &image).to_be_bytes(),
        ]
    });
    Ok((expected.map(|parts| parts.concat()).as_deref() == Some(&prefix)).then_some(image))
}

/// Checks a whole file. Returns what is wrong with it.
pub(super) fn check(file: &[u8], log: LogId, number: u64) -> Result<(), String> {
    let (head, _) = file.split_at(file.len().min(HEAD_BYTES));
    match head_log(head, number) {
        None => return Err("it is damaged".to_owned()),
        Some(found) if found != log => return Err(format!("it belongs to the log {found}")),
        Some(_) => {}
    }
    let count = Cursor::new(&head[8 + 4 + 16 + 8..]).u32().unwrap_or(0);
    let mut cursor = Cursor::new(file);
    let mut offset = u64::try_from(HEAD_BYTES).unwrap_or(u64::MAX);
    cursor.take(HEAD_BYTES);
    for _ in 0..count {
        let image = one(&mut cursor, log, (number, offset));
        let bytes = image.ok_or_else(|| format!("the image at {offset} is damaged"))?;
        offset += PREFIX_BYTES + bytes;
    }
    if cursor.rest().is_empty() {
        Ok(())
    } else {
        Err("there are bytes after its last image".to_owned())
    }
}

/// The next image of a file: how many bytes it has, if it is whole.
fn one(cursor: &mut Cursor<'_>, log: LogId, (file, begin): (u64, u64)) -> Option<u64> {
    let (bytes, found) = (cursor.u32()?, cursor.u32()?);
    let image = cursor.take(usize::try_from(bytes).ok()?)?;
    let place = ImagePlace {
        file,
        offset: begin + PREFIX_BYTES,
        bytes,
    };
    (crc(log, place, image) == found).then_some(u64::from(bytes))
}

/// Which log a file of this number belongs to; none if that is not what it is.
fn head_log(head: &[u8], number: u64) -> Option<LogId> {
    let end = HEAD_BYTES - 4;
    let mut cursor = Cursor::new(head);
    if cursor.array()? != MAGIC || cursor.u32()? != FORMAT {
        return None;
    }
    let log = LogId::new(Uuid::from_bytes(cursor.array()?));
    let found = cursor.u64()?;
    let _count = cursor.u32()?;
    let crc = cursor.u32()?;
    (found == number && crc == crc32fast::hash(head.get(..end)?)).then_some(log)
}

fn crc(log: LogId, place: ImagePlace, image: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(log.get().as_bytes());
    hasher.update(&place.file.to_be_bytes());
    hasher.update(&place.offset.to_be_bytes());
    hasher.update(image);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(number: u128) -> LogId {
        LogId::new(Uuid::from_u128(number))
    }

    fn written() -> (Vec<u8>, Vec<ImagePlace>) {
        let images = [b"one".to_vec(), Vec::new(), b"three".to_vec()];
        encode(log(1), 7, &images).unwrap()
    }

    #[test]
    fn a_file_of_images_has_this_form() {
        let (file, places) = written();
        let head = [
            b"plansynJ".as_slice(),
            &[0, 0, 0, 1],
            log(1).get().as_bytes(),
        ]
        .concat();
        let head = [head.as_slice(), &[0, 0, 0, 0, 0, 0, 0, 7], &[0, 0, 0, 3]].concat();
        let crc = crc32fast::hash(&head).to_be_bytes();
        let head = [head.as_slice(), &crc, &[0, 0, 0, 3]].concat();
        assert_eq!(file[..head.len()], head);
        let offsets: Vec<_> = places
            .iter()
            .map(|place| (place.offset, place.bytes))
            .collect();
        assert_eq!(offsets, [(52, 3), (63, 0), (71, 5)]);
        assert_eq!(&file[52..55], b"one");
        assert_eq!(&file[71..], b"three");
    }

    #[test]
    fn a_whole_file_passes_and_every_changed_byte_is_found() {
        let (file, _) = written();
        assert_eq!(check(&file, log(1), 7), Ok(()));
        assert!(check(&file, log(2), 7).is_err());
        assert!(check(&file, log(1), 8).is_err());
        for index in 0..file.len() {
            let mut changed = file.clone();
            changed[index] ^= 1;
            assert!(check(&changed, log(1), 7).is_err(), "{index}");
            assert!(check(&file[..index], log(1), 7).is_err(), "cut at {index}");
        }
        assert!(check(&[file, vec![0]].concat(), log(1), 7).is_err());
    }

    #[test]
    fn an_image_is_read_from_its_own_place_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name(7));
        let (file, places) = written();
        std::fs::write(&path, &file).unwrap();
        let images: Vec<_> = places
            .iter()
            .map(|place| read(&path, *place).unwrap())
            .collect();
        let expected = [b"one".to_vec(), Vec::new(), b"three".to_vec()].map(Some);
        assert_eq!(images, expected);
        let elsewhere = ImagePlace {
            offset: places[2].offset,
            ..places[0]
        };
        assert_eq!(read(&path, elsewhere).unwrap(), None);
        let beyond = ImagePlace {
            bytes: 6,
            ..places[2]
        };
        assert_eq!(
            read(&path, beyond).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }
}
