//! The cases of a run, each by its number: the same seed and number make the same case, whatever was
//! played before.

use std::collections::BTreeMap;

use proptest::{
    strategy::{BoxedStrategy, Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sha1::{Digest, Sha1};

use super::{
    case::{Case, Class},
    strategy::{Ground, cases},
};

/// Makes cases.
pub struct Maker {
    seed: u64,
    /// Class by class, one case after the other.
    classes: Vec<Class>,
    strategies: BTreeMap<Class, BoxedStrategy<Case>>,
    config: Config,
}

impl Maker {
    /// Of these classes, those left out that do not apply on `ground`.
    #[must_use]
    pub fn new(seed: u64, classes: &[Class], ground: &Ground) -> Self {
        let classes: Vec<Class> = classes.iter().copied().filter(|class| ground.has(*class)).collect();
        let strategies = classes.iter().map(|class| (*class, cases(*class, ground))).collect();
        Self { seed, classes, strategies, config: Config { failure_persistence: None, ..Config::default() } }
    }

    /// The classes that apply.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The case with this number; `None` if no class applies.
    #[must_use]
    pub fn case(&self, number: u64) -> Option<Case> {
        let class = self.classes.get(usize::try_from(number % self.classes.len().max(1) as u64).ok()?)?;
        let mut sha = Sha1::new();
        sha.update(self.seed.to_be_bytes());
        sha.update(number.to_be_bytes());
        sha.update(class.name());
        let mut seed = [0; 32];
        seed[..20].copy_from_slice(&sha.finalize());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(self.config.clone(), rng);
        // A strategy fails only when a filter refuses everything, which none of these does.
        Some(self.strategies[class].new_tree(&mut runner).ok()?.current())
    }
}
