//! Valid inputs, broken at random: whatever comes in, nothing panics and nothing takes more than seconds.
//!
//! The numbers are fixed by seeds, so that every run tries the same. `CODEV_FUZZ=10000 cargo test --test tests fuzz` tries so many
//! (with CARGO_PROFILE_DEV_OPT_LEVEL=1, which compiles `codev` itself anew, several times as fast);
//! `CODEV_FUZZ_ONE=csv:17` tries one again and shows its panic. What crashes a library that `codev` is built on is kept out of the
//! repository as bytes: it is told in words where `codev` guards against it.

mod breaks;
mod inputs;
mod targets;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use targets::{TARGETS, Target};

/// Tries of the short run. With fewer optimisations and other tests beside, they may take longer.
const SHORT: u64 = 260;
/// What no input may take, in the long run and in the short one.
const LIMITS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(60)];

/// What a worker does now.
type Now = Mutex<Option<(&'static str, u64, Instant)>>;

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// Which target the try with this number is on.
fn target(number: u64) -> &'static Target {
    let all: u64 = TARGETS.iter().map(|t| t.share).sum();
    let mut at = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    at %= all;
    for target in TARGETS {
        if at < target.share {
            return target;
        }
        at -= target.share;
    }
    &TARGETS[0]
}

#[test]
fn broken_inputs_give_words_and_no_panic() {
    if let Ok(one) = std::env::var("CODEV_FUZZ_ONE") {
        let (name, number) = one.split_once(':').unwrap();
        let target = TARGETS.iter().find(|t| t.name == name).unwrap();
        (target.run)(number.parse().unwrap());
        return;
    }
    let asked = std::env::var("CODEV_FUZZ").ok();
    let long = asked.is_some();
    let tries = asked.map_or(SHORT, |text| text.parse().unwrap());
    let limit = LIMITS[usize::from(!long)];
    let next = AtomicU64::new(0);
    let faults: Mutex<BTreeMap<String, (u64, String)>> = Mutex::new(BTreeMap::new());
    let slowest = Mutex::new((Duration::ZERO, String::new()));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let now: Vec<Now> = (0..workers).map(|_| Mutex::new(None)).collect();
    let add = |fault: String, place: String| {
        let mut faults = faults.lock().unwrap();
        faults.entry(fault).or_insert((0, place)).0 += 1;
    };
    std::thread::scope(|scope| {
        for now in &now {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= tries {
                        break;
                    }
                    let target = target(number);
                    let place = format!("{}:{number}", target.name);
                    *now.lock().unwrap() = Some((target.name, number, Instant::now()));
                    let start = Instant::now();
                    let run = std::panic::catch_unwind(|| (target.run)(number));
                    let took = start.elapsed();
                    *now.lock().unwrap() = None;
                    if let Err(panic) = run {
                        let words = text_of(panic.as_ref());
                        add(format!("{}: {words}", target.name), place.clone());
                    }
                    if took > limit {
                        add(format!("{}: took {took:?}", target.name), place.clone());
                    }
                    let mut slowest = slowest.lock().unwrap();
                    if took > slowest.0 {
                        *slowest = (took, place);
                    }
                }
            });
        }
        // Says which input has no end, which a thread that is stuck can't.
        scope.spawn(|| {
            while next.load(Ordering::Relaxed) < tries + workers as u64 {
                for now in &now {
                    let stuck = *now.lock().unwrap();
                    if let Some((name, number, since)) = stuck
                        && since.elapsed() > limit * 12
                    {
                        eprintln!("CODEV_FUZZ_ONE={name}:{number} comes to no end");
                        std::process::exit(101);
                    }
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
    });
    let faults = faults.into_inner().unwrap();
    let (took, place) = slowest.into_inner().unwrap();
    eprintln!(
        "{tries} tries, {} faults; the slowest, {place}, took {took:?}",
        faults.len()
    );
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The inputs are sound before they are broken: otherwise every try would end at the same first fault.
#[test]
fn what_is_broken_was_whole() {
    inputs::whole();
}
