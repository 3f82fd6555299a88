//! The catalogue of seeded faults: their names, and one sentence each on what breaks.
//!
//! It never says how a fault is done: each variant is looked at in one place of the proxy,
//! by its name, and that place is its whole effect.

#[macro_use]
mod request;
#[macro_use]
mod response;
#[macro_use]
mod tunnel;

/// What this run of the proxy was told to do wrong: one fault, or nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded(pub(crate) Option<Fault>);

impl PartialEq<Fault> for Seeded {
    fn eq(&self, other: &Fault) -> bool {
        self.0 == Some(*other)
    }
}

macro_rules! define_faults {
    ($($variant:ident $name:literal $breaks:literal;)*) => {
        /// One thing done wrong; everything else stays sound.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $(#[doc = $breaks] $variant,)* }

        impl Fault {
            /// Every fault, in the order of the catalogue.
            pub(crate) const ALL: &[Fault] = &[$(Fault::$variant,)*];

            /// The name used on the command line and by scenarios.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Fault::$variant => $name,)* }
            }

            /// What breaks, in one sentence.
            pub(crate) fn breaks(self) -> &'static str {
                match self { $(Fault::$variant => $breaks,)* }
            }
        }
    };
}

impl Fault {
    /// The fault of that name.
    pub(crate) fn named(name: &str) -> Option<Fault> {
        Fault::ALL.iter().copied().find(|fault| fault.name() == name)
    }
}

request_faults! {}
