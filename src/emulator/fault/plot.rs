//! All faults asked for, each with its own count of the requests it is for.

use std::time::Instant;

use super::dice::Dice;
use super::kind::Kind;
use super::mischief::Mischief;
use super::scope::Class;
use super::spec::Fault;

/// Decides which faults strike a request. The same seed and the same order of requests give the same decisions.
#[derive(Debug)]
pub(crate) struct Plot {
    dice: Dice,
    armed: Vec<Armed>,
    outage_until: Option<Instant>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u64,
}

impl Plot {
    pub(crate) fn new(seed: u64, faults: Vec<Fault>) -> Self {
        let armed = faults
            .into_iter()
            .map(|fault| Armed { fault, seen: 0 })
            .collect();
        Self {
            dice: Dice::new(seed),
            armed,
            outage_until: None,
        }
    }

    /// Replaces all faults; the new ones count from 1.
    pub(crate) fn replace(&mut self, faults: Vec<Fault>) {
        let armed = faults.into_iter().map(|fault| Armed { fault, seen: 0 });
        self.armed = armed.collect();
        self.outage_until = None;
    }

    pub(crate) fn decide(&mut self, class: Class, now: Instant) -> Mischief {
        let mut mischief = Mischief::default();
        if self.outage_until.is_some_and(|until| now < until) {
            mischief.add(Kind::Outage, 0);
        }
        for (stream, armed) in (0_u64..).zip(&mut self.armed) {
            if armed.strikes(class, self.dice, stream) {
                mischief.add(armed.fault.kind, armed.fault.millis());
            }
        }
        self.begin_outage(&mischief, now);
        mischief
    }

    fn begin_outage(&mut self, mischief: &Mischief, now: Instant) {
        let longest = mischief.iter().filter(|(kind, _)| *kind == Kind::Outage);
        let until = longest.map(|(_, length)| now + length).max();
        self.outage_until = self.outage_until.max(until);
    }
}

impl Armed {
    fn strikes(&mut self, class: Class, dice: Dice, stream: u64) -> bool {
        if !self.fault.concerns(class) {
            return false;
        }
        self.seen += 1;
        self.fault.trigger.strikes(self.seen, dice, stream)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn after(now: Instant, millis: u64) -> Instant {
        now + Duration::from_millis(millis)
    }

    fn plot(faults: &[&str]) -> Plot {
        Plot::new(
            7,
            faults
                .iter()
                .map(|text| text.parse().expect(text))
                .collect(),
        )
    }

    fn struck(plot: &mut Plot, classes: &[Class]) -> Vec<Option<&'static str>> {
        let now = Instant::now();
        classes
            .iter()
            .map(|&class| plot.decide(class, now).name())
            .collect()
    }

    #[test]
    fn a_fault_counts_only_the_requests_it_is_for() {
        let mut plot = plot(&["drop-after-commit@2"]);
        let names = struck(
            &mut plot,
            &[
                Class::FirstPage,
                Class::Create,
                Class::Get,
                Class::Delete,
                Class::Create,
            ],
        );
        assert_eq!(names, [None, None, None, Some("drop-after-commit"), None]);
    }

    #[test]
    fn the_same_seed_and_order_strike_the_same_requests() {
        let classes = [Class::Create; 200];
        let first = struck(&mut plot(&["timeout=0.3"]), &classes);
        assert_eq!(first, struck(&mut plot(&["timeout=0.3"]), &classes));
        let hits = first.iter().flatten().count();
        assert!((30..90).contains(&hits), "{hits} of 200");
    }

    #[test]
    fn faults_compose() {
        let mut plot = plot(&["late-index", "dribble"]);
        let mischief = plot.decide(Class::Create, Instant::now());
        assert!(mischief.has(Kind::LateIndex) && mischief.has(Kind::Dribble));
    }

    #[test]
    fn an_outage_lasts_for_its_duration() {
        let mut plot = plot(&["outage@2:2s"]);
        let now = Instant::now();
        let names =
            [0, 10, 1_000, 2_009, 2_011].map(|at| plot.decide(Class::Get, after(now, at)).name());
        assert_eq!(
            names,
            [None, Some("outage"), Some("outage"), Some("outage"), None]
        );
    }
}
