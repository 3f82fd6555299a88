//! What a target is held to: each property in one sentence, with the rule that says so.
//!
//! It never says how a property is checked; that is the model's.

use std::fmt;

use crate::requirement::RequirementId;

/// One thing that a gateway owes, whatever the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Property {
    /// The property, as a statement.
    pub says: &'static str,
    /// The requirement that it follows from.
    pub rule: &'static str,
    /// What is special about the stimulus, where one property has many.
    pub about: &'static str,
}

impl Property {
    const fn new(says: &'static str, rule: &'static str) -> Self {
        Self { says, rule, about: "" }
    }

    /// The same property of a special stimulus.
    #[must_use]
    pub const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// The id of its rule.
    #[must_use]
    pub fn requirement(&self) -> RequirementId {
        RequirementId(self.rule.to_owned())
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says)?;
        if self.about.is_empty() { Ok(()) } else { write!(f, " ({})", self.about) }
    }
}

macro_rules! properties {
    ($($name:ident $says:literal $rule:literal;)*) => {
        $(#[doc = $says] pub const $name: Property = Property::new($says, $rule);)*

        /// Every property.
        pub const ALL: &[Property] = &[$($name),*];
    };
}

properties! {
    REQUEST_CROSSES "a request reaches the origin" "fwd-a";
    METHOD "a request keeps its method" "9110-9.1-b";
    TARGET "a request keeps its path and query" "9110-7.7-a";
    VERSION "a request goes on as HTTP/1.1" "9112-2.3-b";
    ONE_HOST "a request goes on with one Host" "9112-3.2-d";
    REQUEST_FIELD "an end-to-end field of a request crosses unchanged" "9110-5.1-a";
    REQUEST_LINES "lines of one name in a request cross in their order" "9110-5.3-b";
    REQUEST_LATIN "octets beyond ASCII in a request field cross unchanged" "9110-5.5-c";
    NOMINATED "a nominated field of a request stays behind" "9110-7.6.1-a";
    OPTION_STAYS "a connection option of the client stays behind" "9110-7.6.1-d";
    KEEP_ALIVE "Keep-Alive of the client stays behind" "9110-7.6.1-g";
    PROXY_CONNECTION "Proxy-Connection of the client stays behind" "9110-7.6.1-h";
    TE "TE of the client stays behind" "9110-7.6.1-i";
    HTTP2_SETTINGS "HTTP2-Settings of the client stays behind" "7540-3.2.1-a";
    UPGRADE_STAYS "Upgrade stays behind where nothing passes it on" "nginx-ws-a";
    EMPTY_UPGRADE "an empty Upgrade does not go on" "nginx-ws-l";
    UPGRADE_TRAVELS "every protocol on offer goes on, in order" "9110-7.8-c";
    UPGRADE_OPTION "Upgrade goes on with its option, once" "9110-7.8-g";
    REQUEST_ADDED "a request goes on without fields that nobody sent" "fwd-b";
    REQUEST_CONTENT "the content of a request crosses whole" "fwd-a";
    REQUEST_TRAILERS "trailers of a request do not become fields of its head" "9112-7.1.2-a";
    NO_OTHER_REQUEST "the origin sees as many requests as the client sent" "9112-6.3-d";
    ANSWER_CROSSES "an answer reaches the client" "fwd-a";
    INTERIM "an interim response reaches the client" "9110-15.2-d";
    ANSWER_FIELD "an end-to-end field of an answer crosses unchanged" "9110-5.1-a";
    ANSWER_COOKIES "Set-Cookie stays in lines of its own" "6265-3-a";
    ANSWER_NOMINATED "a nominated field of an answer stays behind" "9110-7.6.1-e";
    ANSWER_OPTION_STAYS "a connection option of the origin stays behind" "9110-7.6.1-d";
    ANSWER_KEEP_ALIVE "Keep-Alive of the origin stays behind" "9110-7.6.1-g";
    ANSWER_PROXY_CONNECTION "Proxy-Connection of the origin stays behind" "9110-7.6.1-h";
    ANSWER_ADDED "an answer arrives without fields that nobody sent" "fwd-b";
    ANSWER_CONTENT "the content of an answer crosses whole" "fwd-a";
    ANSWER_TRAILERS "trailers of an answer do not become fields of its head" "9112-7.1.2-b";
    NO_OTHER_ANSWER "the client sees nothing behind its answers" "9112-6.3-h";
    SWITCH_CROSSES "a sound 101 that was asked for reaches the client" "nginx-ws-g";
    SWITCH_PROTOCOL "a 101 names the protocol" "9110-15.2.2-a";
    SWITCH_OPTION "a 101 has the upgrade option" "9110-7.8-m";
    SWITCH_FIELD "an end-to-end field of a 101 crosses unchanged" "6265-3-a";
    SWITCH_NOMINATED "a nominated field of a 101 stays behind" "9110-7.6.1-r";
    UNASKED_SWITCH "a 101 that nobody asked for opens no tunnel" "9110-7.8-o";
    OTHER_PROTOCOL "a 101 to a protocol that is not on offer opens no tunnel" "9110-7.8-n";
    UNNAMED_PROTOCOL "a 101 that names no protocol does not cross as it is" "9110-7.8-q";
    NO_OPTION "a 101 without its option is refused or mended" "9110-7.8-p";
    EARLY "what a client writes behind its upgrade arrives behind the switch" "tun-c";
    GLUED "what an origin writes behind its 101 arrives" "tun-b";
    TO_ORIGIN "a tunnel carries each octet to the origin" "tun-a";
    TO_CLIENT "a tunnel carries each octet to the client" "tun-a";
    ALIVE "the target lives on" "fwd-a";
    CLIENT_LEAVES "when the client ends a tunnel, the origin sees its end" "tun-close-a";
    ORIGIN_LEAVES "when the origin ends a tunnel, the client sees its end" "tun-close-b";
}
