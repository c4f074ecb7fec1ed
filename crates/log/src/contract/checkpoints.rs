//! Contract tests: stored state.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::{
    Chain, Checkpoint, Checkpoints, ImagePlace, Incarnation, LogId, Position, Recorded, Tip,
};

/// A place for stored state that can be opened again and again.
pub trait Keeps {
    /// Opens the place as it was left. The suite drops what an earlier opening gave before it opens it again.
    fn open(&mut self, log: LogId) -> Arc<dyn Checkpoints>;
}

fn log() -> LogId {
    LogId::new(uuid::Uuid::from_u128(0x1d))
}

fn checkpoint(position: u64, state: &[u8]) -> Checkpoint {
    Checkpoint {
        tip: Tip {
            log: log(),
            incarnation: Incarnation::FIRST,
            position: Position::new(position),
            chain: Chain::new([7; 32]),
            at: Recorded::new(-5),
        },
        fold: 3,
        state: state.to_vec(),
    }
}

/// Runs every check, each against a new and empty place from `make`.
pub fn keeps<K: Keeps>(mut make: impl FnMut() -> K) {
    an_empty_place_has_nothing(&mut make());
    the_newest_state_is_what_was_written_last(&mut make());
    images_are_read_by_their_places(&mut make());
    what_no_state_names_goes(&mut make());
    what_was_written_without_a_state_takes_nobodys_place(&mut make());
}

fn an_empty_place_has_nothing<K: Keeps>(place: &mut K) {
    let kept = place.open(log());
    assert_eq!(kept.newest().unwrap(), None);
    let nowhere = ImagePlace {
        file: 1,
        offset: 0,
        bytes: 0,
    };
    assert!(kept.image(nowhere).is_err());
}

fn the_newest_state_is_what_was_written_last<K: Keeps>(place: &mut K) {
    for (position, state) in [(5, b"first".as_slice()), (9, b""), (12, &[0; 10_000])] {
        let written = checkpoint(position, state);
        let kept = place.open(log());
        kept.write(&written, &BTreeSet::new()).unwrap();
        assert_eq!(kept.newest().unwrap(), Some(written.clone()));
        drop(kept);
        assert_eq!(place.open(log()).newest().unwrap(), Some(written));
    }
}

fn images_are_read_by_their_places<K: Keeps>(place: &mut K) {
    let images = [b"one".to_vec(), Vec::new(), vec![9; 70_000]];
    let kept = place.open(log());
    let first = kept.write_images(&images).unwrap();
    let second = kept.write_images(&images[..1]).unwrap();
    let files = [first[0].file, second[0].file];
    assert_ne!(files[0], files[1]);
    kept.write(&checkpoint(1, b"state"), &BTreeSet::from(files))
        .unwrap();
    drop(kept);
    let kept = place.open(log());
    for (place, image) in first
        .iter()
        .chain(&second)
        .zip(images.iter().chain(&images))
    {
        assert_eq!(&kept.image(*place).unwrap(), image);
    }
}

fn what_no_state_names_goes<K: Keeps>(place: &mut K) {
    let kept = place.open(log());
    let [dead, live] = [0, 1].map(|_| kept.write_images(&[b"image".to_vec()]).unwrap()[0]);
    kept.write(&checkpoint(1, b"state"), &BTreeSet::from([live.file]))
        .unwrap();
    assert!(kept.image(dead).is_err());
    assert_eq!(kept.image(live).unwrap(), b"image");
    let later = kept.write_images(&[b"later".to_vec()]).unwrap()[0];
    assert!(![dead.file, live.file].contains(&later.file));
}

fn what_was_written_without_a_state_takes_nobodys_place<K: Keeps>(place: &mut K) {
    let kept = place.open(log());
    let named = kept.write_images(&[b"named".to_vec()]).unwrap()[0];
    kept.write(&checkpoint(1, b"state"), &BTreeSet::from([named.file]))
        .unwrap();
    kept.write_images(&[b"nobody's".to_vec()]).unwrap();
    drop(kept);
    let kept = place.open(log());
    let next = kept.write_images(&[b"next".to_vec()]).unwrap()[0];
    assert_eq!(kept.image(named).unwrap(), b"named");
    assert_eq!(kept.image(next).unwrap(), b"next");
}
