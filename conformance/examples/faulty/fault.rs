//! The catalogue of seeded faults: their names, and one sentence each on what breaks.
//!
//! It never says how a fault is done: each variant is looked at in one place of the proxy,
//! by its name, and that place is its whole effect.

/// What this run of the proxy was told to do wrong: one fault, or nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded(pub(crate) Option<Fault>);

impl PartialEq<Fault> for Seeded {
    fn eq(&self, other: &Fault) -> bool {
        self.0 == Some(*other)
    }
}

macro_rules! faults {
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

faults! {
    // Fields of a request.
    ForwardUpgradeByDefault "forward-upgrade-by-default" "The plain route passes Upgrade and Connection when asked.";
    ForwardLoneUpgrade "forward-lone-upgrade" "The plain route passes an Upgrade that came without its Connection option.";
    KeepNominatedFields "keep-nominated-fields" "Fields named by the request's Connection travel on.";
    NominatedCaseSensitive "nominated-case-sensitive" "Nominated request fields are compared with their letter case.";
    NominatedFirstLineOnly "nominated-first-line-only" "Only the first Connection line of a request nominates.";
    NominatedFirstMemberOnly "nominated-first-member-only" "Only the first member of each Connection line nominates.";
    NominatedStopsAtEmptyMember "nominated-stops-at-empty-member" "An empty member ends the reading of a Connection line.";
    NominatedIgnoresTab "nominated-ignores-tab" "Only SP, not HTAB, is trimmed around Connection members.";
    NominatedFirstOccurrenceOnly "nominated-first-occurrence-only" "Only the first line of a nominated field is removed.";
    KeepKeepAlive "keep-keep-alive" "The request's Keep-Alive travels on.";
    KeepProxyConnection "keep-proxy-connection" "The request's Proxy-Connection travels on.";
    KeepTe "keep-te" "The request's TE travels on.";
    KeepHttp2Settings "keep-http2-settings" "The request's HTTP2-Settings travels on.";
    RelayConnectionOptions "relay-connection-options" "The client's private connection options travel on in Connection.";
    CopyConnectionVerbatim "copy-connection-verbatim" "The client's whole Connection value is sent when Upgrade is passed.";
    NominationRemovesHost "nomination-removes-host" "Host can be removed by nomination.";
    NominationRemovesContentLength "nomination-removes-content-length" "Content-Length can be removed by nomination.";
    NominationRemovesTransferEncoding "nomination-removes-transfer-encoding" "Transfer-Encoding can be removed by nomination.";
    NominationRemovesUpgrade "nomination-removes-upgrade" "Upgrade is stripped as nominated, though the route passes it.";
    DropEndToEndFields "drop-end-to-end-fields" "Request fields named X-* are dropped.";
    DropDuplicateFields "drop-duplicate-fields" "Only the first of several request lines of one name is kept.";
    ReorderDuplicateFields "reorder-duplicate-fields" "Request lines of one name travel in reverse order.";
    AlterFieldValue "alter-field-value" "Cookie, Authorization and Sec-WebSocket-Key values are lower-cased.";
    DropHandshakeFields "drop-handshake-fields" "Sec-WebSocket-Protocol and -Extensions of a request are dropped.";
    DuplicateWebsocketKey "duplicate-websocket-key" "Sec-WebSocket-Key is sent twice.";
    NormalisePath "normalise-path" "The path is percent-decoded and its double slashes are collapsed.";
    DropQuery "drop-query" "The query is cut off the request target.";
    NoVia "no-via" "No Via is added to requests.";
    ReplaceVia "replace-via" "The Via lines of earlier hops are replaced by our own.";
    OwnHost "own-host" "Host is always the origin's address.";
    BlankHost "blank-host" "Host goes upstream without its value.";
    SecondHost "second-host" "The origin's address is sent as a second Host.";
    NoHostForHttp10 "no-host-for-http10" "What came as HTTP/1.0 without Host goes upstream as HTTP/1.1 without Host.";
    AddMaxForwards "add-max-forwards" "A Max-Forwards is added to every request.";
    CloseByDefault "close-by-default" "The plain route sends `Connection: close`.";

    // Requests that a gateway has to refuse, and request bodies.
    AcceptMissingHost "accept-missing-host" "An HTTP/1.1 request without Host is forwarded.";
    AcceptSecondHost "accept-second-host" "A request with several Host lines is forwarded.";
    AcceptSpaceBeforeColon "accept-space-before-colon" "Whitespace between a field name and its colon is tolerated.";
    AcceptLineWithoutColon "accept-line-without-colon" "A field line without colon is skipped.";
    AcceptLengthWithChunked "accept-length-with-chunked" "Content-Length beside Transfer-Encoding is forwarded.";
    TunnelOnConnect "tunnel-on-connect" "CONNECT is answered with 200 and tunnelled to the origin.";
    RefuseWithoutClosing "refuse-without-closing" "The connection of a malformed request stays in use.";
    CompleteUnfinishedContent "complete-unfinished-content" "Request content that is cut short is made up: by NUL octets, and a last chunk.";
    UpgradeContentUnframed "upgrade-content-unframed" "The content of an upgrade request goes on without the fields that frame it.";
    AlterRequestBody "alter-request-body" "The lowest bit of every octet of a request body is flipped.";

    // Heads that can be read in two ways.
    KeepObsFold "keep-obs-fold" "A folded field line travels on with its fold.";
    CutObsFold "cut-obs-fold" "Of a folded field line only the first line is read.";
    KeepControlOctets "keep-control-octets" "NUL and bare CR in a field value travel on.";
    CutAtControlOctet "cut-at-control-octet" "A field value ends at its first NUL or bare CR.";
    KeepCrInRequestLine "keep-cr-in-request-line" "A bare CR in the request line travels on.";
    KeepCrInName "keep-cr-in-name" "A bare CR in or before a field name travels on.";
    KeepBareLf "keep-bare-lf" "A head in which a line ends in LF alone travels on with LF alone.";
    RefuseBareLf "refuse-bare-lf" "A head in which a line ends in LF alone is refused.";
    RefuseEmptyLine "refuse-empty-line" "An empty line before a request is a 400.";
    AcceptIndentedLine "accept-indented-line" "An indented first field line counts as a field.";
    KeepLineWhitespace "keep-line-whitespace" "A request line with odd whitespace travels on as it came.";
    DropPaddedFields "drop-padded-fields" "A field is dropped unless just one SP stands around its value.";
    AsciiOnlyValues "ascii-only-values" "Octets beyond ASCII in a field value become question marks.";
    RecodeValues "recode-values" "Field values are taken for Latin-1 and sent on as UTF-8.";
    Utf8OnlyValues "utf-8-only-values" "What is no UTF-8 in a field value is replaced.";
    OverlookUnderscores "overlook-underscores" "Underscores make no difference in the names of fields that frame and upgrade.";
    DropUnderscoreNames "drop-underscore-names" "A field with an underscore in its name is dropped.";
    AcceptOddNames "accept-odd-names" "A field name with `@` in it is accepted.";
    HyphenForOddSigns "hyphen-for-odd-signs" "Odd signs in a field name become hyphens.";
    ForwardUnfinishedHead "forward-unfinished-head" "A request goes on as soon as its Host has come.";
    FinCompletesHead "fin-completes-head" "A FIN within a head counts as its end.";

    // Methods, versions, targets and hosts.
    UppercaseMethod "uppercase-method" "The method is sent in capitals.";
    UnknownMethodIsGet "unknown-method-is-get" "An unknown method becomes GET.";
    RefuseHigherMinor "refuse-higher-minor" "A minor version above 1 is a 505.";
    CopyHigherMinor "copy-higher-minor" "A minor version above 1 travels on.";
    AcceptAnyVersion "accept-any-version" "Whatever stands in place of the version is served as HTTP/1.1.";
    AcceptInvalidHost "accept-invalid-host" "A Host that is no host is forwarded.";
    RefuseUnusualHost "refuse-unusual-host" "A Host with other than small letters, digits, dots and hyphens is refused.";
    DropEmptyHost "drop-empty-host" "An empty Host is left out.";
    RefuseAbsoluteTarget "refuse-absolute-target" "A target in absolute form is a 400.";
    AbsoluteTargetTravels "absolute-target-travels" "A target in absolute form travels on as it came.";
    HostOverrulesTarget "host-overrules-target" "The Host of a request in absolute form travels on.";
    AcceptAnyTarget "accept-any-target" "A target in none of the four forms travels on.";
    AsteriskBecomesPath "asterisk-becomes-path" "`OPTIONS *` becomes `OPTIONS /`.";
    RemoveDotSegments "remove-dot-segments" "Dot segments of a path are resolved.";
    CutPathParameters "cut-path-parameters" "Of each path segment, `;` and what follows it is cut off.";
    DropEmptyQuery "drop-empty-query" "A question mark with nothing behind it is dropped.";
    CapitalPercent "capital-percent" "Percent-encodings are sent with capital digits.";
    EncodePathSigns "encode-path-signs" "Signs that a path may hold are percent-encoded.";
    DropOddTargetOctets "drop-odd-target-octets" "Octets that no target may hold are left out of it.";
    ForwardLastHop "forward-last-hop" "OPTIONS and TRACE with Max-Forwards 0 are forwarded.";
    KeepMaxForwards "keep-max-forwards" "Max-Forwards travels on as it came.";
    DropMaxForwards "drop-max-forwards" "Max-Forwards of OPTIONS and TRACE is dropped.";
    ForwardConnect "forward-connect" "CONNECT is forwarded like any other method.";
    OtherHostForHandshakes "other-host-for-handshakes" "A handshake goes on with the origin's address as its Host.";
    ConnectLeavesConnectionOpen "connect-leaves-connection-open" "The connection of a refused CONNECT stays in use.";
    CutLongTarget "cut-long-target" "A target is cut after 4096 octets.";
    CutLongValue "cut-long-value" "A field value is cut after 32768 octets.";
    DropLongField "drop-long-field" "A field of more than 32768 octets is dropped.";
    LoseExcessFields "lose-excess-fields" "Fields behind the fiftieth line are lost.";
    // How the content of a request is framed.
    AcceptOtherFinalCoding "accept-other-final-coding" "A request whose last transfer coding is not chunked is forwarded as it came, without content.";
    ReadChunkedAnywhere "read-chunked-anywhere" "A Transfer-Encoding with the letters `chunked` anywhere in it means chunked, and travels on as it came.";
    DropOtherCodings "drop-other-codings" "Of several transfer codings that end in chunked, only chunked is kept.";
    CompareCodingExactly "compare-coding-exactly" "Only `chunked` spelt so means chunked; what is spelt otherwise is forwarded as it came, without content.";
    PassOverCodingInHttp10 "pass-over-coding-in-http10" "An HTTP/1.0 request is framed as if it had no Transfer-Encoding.";
    TakeHttp10ForHttp11 "take-http10-for-http11" "An HTTP/1.0 request with Transfer-Encoding is taken for HTTP/1.1.";
    UpgradeSkipsFraming "upgrade-skips-framing" "A request with Upgrade is forwarded as it came, without content, where its framing is broken.";
    ReadLengthLoosely "read-length-loosely" "Content-Length is read as `atoi` reads a number, and travels on as it came.";
    LastLengthWins "last-length-wins" "Of several Content-Length values the last one counts, and all travel on.";
    KeepRepeatedLength "keep-repeated-length" "Equal Content-Length values travel on as often as they came.";
    LengthWraps "length-wraps" "Content-Length is reckoned modulo 2^64.";
    LengthWrapsAt32Bits "length-wraps-at-32-bits" "Content-Length is reckoned modulo 2^32.";
    LengthReadsTwentyDigits "length-reads-twenty-digits" "Only the first twenty digits of a Content-Length count.";
    DropContentByMethod "drop-content-by-method" "GET, HEAD, DELETE and OPTIONS are taken to have no content.";
    RestIsContent "rest-is-content" "What came with a request without framing fields is its content.";
    ReadChunkSizeLoosely "read-chunk-size-loosely" "A chunk size is read as `strtol` reads a number.";
    ChunkSizeWraps "chunk-size-wraps" "A chunk size is reckoned modulo 2^64.";
    ChunkSizeWrapsAt32Bits "chunk-size-wraps-at-32-bits" "A chunk size is reckoned modulo 2^32.";
    ChunkSizeReadsSixteenDigits "chunk-size-reads-sixteen-digits" "Only the first sixteen digits of a chunk size count.";
    RefuseChunkExtensions "refuse-chunk-extensions" "A chunk extension is refused.";
    PassChunksUnread "pass-chunks-unread" "Chunked content travels on as it came, until it looks complete.";
    UnchunkSilently "unchunk-silently" "Chunked content travels on without its chunks, under the client's Transfer-Encoding.";
    MergeTrailers "merge-trailers" "Trailers of a request become fields of its head.";
    LeftoversAreRequests "leftovers-are-requests" "What is left of a content whose answer came early is read as the next request.";
    ResetBehindLastAnswer "reset-behind-last-answer" "A client's connection ends with a reset, whether the client still sends or not.";

    // Explicit passing of Upgrade.
    DropUpgradeAlways "drop-upgrade-always" "No route passes Upgrade or sends Connection.";
    ExactMatchConnection "exact-match-connection" "Only a Connection that is one line of exactly `Upgrade` asks.";
    ConnectionFirstLineOnly "connection-first-line-only" "Only the first Connection line can ask for Upgrade.";
    UpgradeCaseSensitiveOption "upgrade-case-sensitive-option" "Only the option spelt `Upgrade` asks.";
    RewriteUpgradeValue "rewrite-upgrade-value" "The Upgrade sent is always `websocket`.";
    LowercaseUpgradeValue "lowercase-upgrade-value" "The Upgrade sent is lower-cased.";
    FirstUpgradeLineOnly "first-upgrade-line-only" "Only the first Upgrade line is passed.";
    ReverseUpgradeLines "reverse-upgrade-lines" "Several Upgrade lines are joined in reverse order.";
    DuplicateUpgradeField "duplicate-upgrade-field" "Upgrade is sent twice.";
    MissingConnectionOption "missing-connection-option" "Upgrade is passed without Connection.";
    DuplicateConnectionOption "duplicate-connection-option" "The option is sent twice: `Connection: upgrade, upgrade`.";
    PassH2c "pass-h2c" "An offer of h2c is passed on like any other.";
    H2cCaseSensitive "h2c-case-sensitive" "An offer of h2c is held back only in lower case.";
    H2cAloneOnly "h2c-alone-only" "An offer of h2c is held back only if it is the only one.";
    H2cTakesTheList "h2c-takes-the-list" "Where h2c is among several protocols, none is passed.";
    EmptyMemberEndsUpgrade "empty-member-ends-upgrade" "An empty member ends the list of offered protocols.";
    UpgradeVersionDropped "upgrade-version-dropped" "The version behind a protocol's name is cut off.";
    UnquoteUpgrade "unquote-upgrade" "Quotes are taken out of the Upgrade that is sent.";
    NoUpgradeWithLength "no-upgrade-with-length" "A request with Content-Length or Transfer-Encoding asks for no upgrade.";
    UpgradeOnlyByGet "upgrade-only-by-get" "A request asks for an upgrade only if it is a GET.";
    DropExtensionParameters "drop-extension-parameters" "The parameters of offered WebSocket extensions are dropped.";
    FirstExtensionLineOnly "first-extension-line-only" "Only the first Sec-WebSocket-Extensions line of a request goes on.";
    DropCapsuleProtocol "drop-capsule-protocol" "Capsule-Protocol is taken for a hop-by-hop field, both ways.";
    SendEmptyUpgrade "send-empty-upgrade" "Passing routes send an empty Upgrade when there is none.";

    // Connection derived from Upgrade.
    MapAbsentToUpgrade "map-absent-to-upgrade" "Without Upgrade, the mapped Connection is `upgrade`.";
    MapEmptyToUpgrade "map-empty-to-upgrade" "With a blank Upgrade, the mapped Connection is `upgrade`.";
    MapSendsKeepAlive "map-sends-keep-alive" "Without Upgrade, the mapped Connection is `keep-alive`.";
    MapSendsNoConnection "map-sends-no-connection" "Without Upgrade, a mapped route sends no Connection.";
    MapPresentToClose "map-present-to-close" "With Upgrade, the mapped Connection is `close`.";

    // Versions.
    UpstreamHttp10 "upstream-http10" "Requests go upstream as HTTP/1.0.";
    CopyClientVersion "copy-client-version" "Requests go upstream with the client's version.";
    RelayOriginVersion "relay-origin-version" "The status line keeps the origin's version.";

    // Fields of a response.
    KeepNominatedResponseFields "keep-nominated-response-fields" "Fields named by the response's Connection travel on.";
    ResponseNominatedCaseSensitive "response-nominated-case-sensitive" "Nominated response fields are compared with their letter case.";
    ResponseNominatedFirstLineOnly "response-nominated-first-line-only" "Only the first Connection line of a response nominates.";
    KeepResponseKeepAlive "keep-response-keep-alive" "The response's Keep-Alive travels on.";
    KeepResponseProxyConnection "keep-response-proxy-connection" "The response's Proxy-Connection travels on.";
    LoneUpgradeInResponse "lone-upgrade-in-response" "An ordinary response keeps its Upgrade, without the option.";
    RelayResponseConnectionOptions "relay-response-connection-options" "The origin's private connection options travel on.";
    KeepNominatedOn101 "keep-nominated-on-101" "Fields named by the Connection of a 101 travel on.";
    DropResponseFields "drop-response-fields" "Response fields named X-* are dropped.";
    MergeSetCookie "merge-set-cookie" "Set-Cookie lines are joined with a comma.";
    AlterStatus "alter-status" "403 becomes 404.";
    IgnoreNoTransform "ignore-no-transform" "The lowest bit of every octet of content marked no-transform is flipped.";
    OwnServerAndDate "own-server-and-date" "Server and Date of the origin are replaced by the proxy's own.";
    AlterRefusalBody "alter-refusal-body" "The lowest bit of every octet of a refusal's body is flipped.";
    CloseNotAnnounced "close-not-announced" "Closing after an answer is not announced in Connection.";
    EarlyAnswerIgnored "early-answer-ignored" "An answer to a request whose content is not complete is never relayed.";
    FreshUpstream "fresh-upstream" "Every request opens a connection of its own to the origin.";
    ReuseUpstream "reuse-upstream" "The origin's connection serves the next request, whatever was said in Connection.";
    KeepFinishedOrigin "keep-finished-origin" "The origin's connection stays open though the origin has ended it.";
    IgnoreClientClose "ignore-client-close" "A client's `Connection: close` is not honoured.";
    DropRefusalFields "drop-refusal-fields" "WWW-Authenticate, Location, Sec-WebSocket-Version leave refusals.";
    AcceptOnRefusal "accept-on-refusal" "A refusal gains a Sec-WebSocket-Accept.";
    AcceptDropped "accept-dropped" "Sec-WebSocket-Accept is dropped from a 101.";
    AcceptAltered "accept-altered" "Sec-WebSocket-Accept of a 101 is lower-cased.";
    AcceptDuplicated "accept-duplicated" "Sec-WebSocket-Accept of a 101 is sent twice.";
    FirstProtocolOf101Only "first-protocol-of-101-only" "A relayed 101 names only the first of several protocols.";
    ReverseProtocolsOf101 "reverse-protocols-of-101" "A relayed 101 names several protocols in reverse order.";
    SubprotocolDropped "subprotocol-dropped" "Sec-WebSocket-Protocol is dropped from a 101.";
    SubprotocolDuplicated "subprotocol-duplicated" "Sec-WebSocket-Protocol of a 101 is sent twice.";
    ExtensionsDropped "extensions-dropped" "Sec-WebSocket-Extensions is dropped from a 101.";
    ExtensionsInvented "extensions-invented" "A 101 without WebSocket extensions gains one.";
    ExtensionParametersOf101Dropped "extension-parameters-of-101-dropped" "The parameters of accepted WebSocket extensions are dropped.";
    DuplicateUpgradeOn101 "duplicate-upgrade-on-101" "A relayed 101 carries Upgrade twice.";
    Drop426Upgrade "drop-426-upgrade" "A 426 loses its Upgrade.";
    Drop426Option "drop-426-option" "A 426 keeps Upgrade but gets no Connection option.";

    // The gate: what opens a tunnel, and what becomes of everything else.
    TunnelOnAnyStatus "tunnel-on-any-status" "Any final answer to an asked Upgrade opens the tunnel.";
    TunnelOn2xx "tunnel-on-2xx" "A 2xx answer to an asked Upgrade opens the tunnel.";
    TunnelOnUpgradeField "tunnel-on-upgrade-field" "A final answer that carries Upgrade opens the tunnel.";
    TunnelBeforeAnswer "tunnel-before-answer" "The tunnel opens as soon as an asked request was forwarded.";
    TunnelOnUnasked101 "tunnel-on-unasked-101" "A 101 to a request without any Upgrade opens the tunnel.";
    TunnelOnUnpassedUpgrade "tunnel-on-unpassed-upgrade" "A 101 opens the tunnel although Upgrade was held back.";
    RelayUnasked101 "relay-unasked-101" "An unasked 101 is relayed, then HTTP goes on.";
    Empty200OnBad101 "empty-200-on-bad-101" "An unacceptable 101 is answered with an empty 200.";
    TunnelOnConnectionOnly "tunnel-on-connection-only" "`Connection: upgrade` without Upgrade lets a 101 through.";
    TunnelOnUpgradeOnly "tunnel-on-upgrade-only" "Upgrade without its Connection option asks.";
    HonourHttp10Upgrade "honour-http10-upgrade" "Upgrade in an HTTP/1.0 request asks.";
    InterimToHttp10 "interim-to-http10" "Interim responses reach HTTP/1.0 clients.";
    Accept101InHttp10 "accept-101-in-http10" "A 101 in an HTTP/1.0 status line opens the tunnel, and is relayed as it is.";
    Accept101WithoutUpgrade "accept-101-without-upgrade" "A 101 without Upgrade opens the tunnel.";
    Relay101WithoutConnection "relay-101-without-connection" "A 101 without its Connection option opens the tunnel as it is.";
    AcceptOtherProtocol "accept-other-protocol" "A 101 for a protocol that nobody offered opens the tunnel.";
    CompareWholeUpgradeField "compare-whole-upgrade-field" "A 101 must repeat the client's whole Upgrade value.";
    CompareUpgradeCaseSensitively "compare-upgrade-case-sensitively" "A 101 must spell the protocol in the client's letter case.";
    CompareNamesOnly "compare-names-only" "A 101 may choose another version of an offered protocol.";
    CompareBySubstring "compare-by-substring" "A 101 may choose any part of what was offered.";
    Relay101ContentLength "relay-101-content-length" "Content-Length of a 101 travels on.";
    Relay101TransferEncoding "relay-101-transfer-encoding" "Transfer-Encoding of a 101 travels on.";
    Fail101WithLength "fail-101-with-length" "A 101 with Content-Length or Transfer-Encoding closes the connection.";
    ChunkTheTunnel "chunk-the-tunnel" "After a 101 with Transfer-Encoding the origin's octets are chunked.";
    LengthLimitsTheTunnel "length-limits-the-tunnel" "Content-Length of a 101 limits what the origin can send.";
    RequireReasonPhrase "require-reason-phrase" "A 101 must say `Switching Protocols`.";
    RequireWholeHeadInOneRead "require-whole-head-in-one-read" "A response head in several pieces is a 502.";
    RequireFieldNameCase "require-field-name-case" "A 101 must spell `Upgrade` and `Connection` exactly so.";
    InterimIsFinal "interim-is-final" "A 1xx is taken for the final answer.";
    InterimBefore101Refused "interim-before-101-refused" "A 101 after another 1xx is a 502.";
    RefusalBecomes502 "refusal-becomes-502" "Every refusal of an Upgrade becomes a 502.";
    RefusalLosesBody "refusal-loses-body" "The answer that refuses an Upgrade loses its body.";
    RefusalClosesSilently "refusal-closes-silently" "A refused Upgrade is closed without the answer.";
    RefusalHangs "refusal-hangs" "The answer that refuses an Upgrade is never relayed.";
    RefusalClosesUnannounced "refusal-closes-connection-unannounced" "The connection is closed after a refusal that did not say so.";
    StaleBytesAfterRefusal "stale-bytes-after-refusal" "Octets behind a refusal reach the client.";
    RelayGarbageAnswer "relay-garbage-answer" "An answer that is not HTTP is relayed as the body of a 200.";

    // Octets that come early, and requests that come after.
    EarlyBytesAtOnce "early-bytes-at-once" "Early octets are forwarded before the 101.";
    EarlyBytesDropped "early-bytes-dropped" "Early octets are lost when the tunnel opens.";
    EarlyBytesDuplicated "early-bytes-duplicated" "Early octets reach the origin twice.";
    EarlyBytesAfterRefusalPiped "early-bytes-after-refusal-piped" "After a refusal early octets go to the origin raw.";
    PipelinedRequestDropped "pipelined-request-dropped" "What arrived behind a refused Upgrade is thrown away.";
    GluedBytesDropped "glued-bytes-dropped" "Octets glued to the 101 are lost.";
    GluedBytesDuplicated "glued-bytes-duplicated" "Octets glued to the 101 reach the client twice.";
    GluedFinLosesBytes "glued-fin-loses-bytes" "Octets glued to the 101 are lost if the FIN follows at once.";
    UpgradeOnlyFirstRequest "upgrade-only-first-request" "Upgrade is ignored from a connection's second request on.";
    SecondRequestDropped "second-request-dropped" "The connection is closed after its first answer, unannounced.";

    PipelinedOutOfOrder "pipelined-out-of-order" "Of two pipelined requests the second is served first.";
    PipelinedUpgradeTunnelsAtOnce "pipelined-upgrade-tunnels-at-once" "An Upgrade behind an unanswered request makes a tunnel of the connection at once.";
    KeepAliveWins "keep-alive-wins" "`keep-alive` keeps a connection open that `close` ends.";
    PersistWithHttp10 "persist-with-http10" "The connection of an HTTP/1.0 client goes on without a word about it.";
    AbortOnHalfClose "abort-on-half-close" "A client that ends its side behind its request gets no answer.";
    AnswersMixed "answers-mixed" "The content of an answer goes to the other client that waits as well.";

    // Connections to the origin that are used again.
    UnsolicitedBytesAnswer "unsolicited-bytes-answer" "What comes on an idle connection answers the next request.";
    ReuseAfterClose "reuse-after-close" "A connection is used again although the answer said `close`, or was HTTP/1.0.";
    PoolUnfinishedRefusal "pool-unfinished-refusal" "The connection of a refused upgrade serves the next request before its content has come.";
    PoolAbandonedRequest "pool-abandoned-request" "The connection of a client that reset before its answer serves the next request.";
    KeepAbandonedRequest "keep-abandoned-request" "The origin never learns that a client has reset before its answer.";
    RetryAnyMethod "retry-any-method" "A request without an answer is sent again, whatever its method.";
    RetryAfterPart "retry-after-part" "A request is sent again although a part of its answer has come.";
    RetryForEver "retry-for-ever" "A request without an answer is sent again and again.";
    RetryLosesUpgrade "retry-loses-upgrade" "A request that is sent again goes without its Upgrade.";

    // The tunnel.
    FlipOctet "flip-octet" "0xFF from the client becomes 0xFE.";
    StopAtNul "stop-at-nul" "NUL octets from the origin are lost.";
    NormaliseCrlf "normalise-crlf" "A lone LF from the client becomes CRLF.";
    LossyUtf8 "lossy-utf8" "Octets from the origin that are not UTF-8 are replaced.";
    TruncateAt64kUp "truncate-at-64k-up" "The client's octets after the first 65536 are lost.";
    TruncateAt64kDown "truncate-at-64k-down" "The origin's octets after the first 65536 are lost.";
    OneDirectionOnlyUp "one-direction-only-up" "Nothing of what the origin sends is relayed.";
    OneDirectionOnlyDown "one-direction-only-down" "Nothing of what the client sends is relayed.";
    AlternateDirections "alternate-directions" "The two sides must take turns.";
    HttpInTunnelUp "http-in-tunnel-up" "Client octets that begin with `GET ` are answered with a 400.";
    HttpInTunnelDown "http-in-tunnel-down" "Origin octets that begin with `HTTP/` get another Connection line.";
    AppendAtClose "append-at-close" "An error page is written to the client when the tunnel ends.";
    BufferUntil4k "buffer-until-4k" "Octets are held until 4096 have gathered.";
    AnswerCloseFrames "answer-close-frames" "A WebSocket close of either side is answered by the proxy itself as well.";
    CloseFramesClose "close-frames-close" "A WebSocket close of the origin ends the tunnel at once.";
    SwapPings "swap-pings" "A WebSocket ping of the origin is answered by the proxy itself.";
    TunnelsMixed "tunnels-mixed" "What one client sends goes into the tunnel of the next.";
    CacheFromTunnel "cache-from-tunnel" "What looks like a request and its answer in a tunnel fills a cache.";
    ChunkEndEndsTunnel "chunk-end-ends-tunnel" "What the origin sends behind the look-alike of a last chunk is lost.";
    SwitchLosesContent "switch-loses-content" "What a client still owes of its content at the 101 is lost.";
    EndEveryFrame "end-every-frame" "Every WebSocket fragment is sent on as if it were the last.";
    ClearReservedBits "clear-reserved-bits" "The reserved bits of WebSocket frames are cleared.";
    BinaryBecomesText "binary-becomes-text" "WebSocket frames of any other kind than text become text.";
    RemaskFrames "remask-frames" "Masked WebSocket frames get another masking key.";
    MaskUnmasked "mask-unmasked" "WebSocket frames without a mask get one.";
    ShortenLengths "shorten-lengths" "The lengths of WebSocket frames are written as short as they can be.";
    DropUnknownCapsules "drop-unknown-capsules" "Only DATAGRAM capsules go on.";
    LoseTailBeforeFinDown "lose-tail-before-fin-down" "The origin's last octets are lost if its FIN follows at once.";
    LoseTailBeforeFinUp "lose-tail-before-fin-up" "The client's last octets are lost if its FIN follows at once.";
    IgnoreClientFin "ignore-client-fin" "The client's FIN is not passed on.";
    IgnoreOriginFin "ignore-origin-fin" "The origin's FIN is not passed on.";
    IgnoreClientReset "ignore-client-reset" "The client's reset is not passed on.";
    IgnoreOriginReset "ignore-origin-reset" "The origin's reset is not passed on.";
    ClientResetBecomesFin "client-reset-becomes-fin" "The client's reset reaches the origin as a FIN.";
    OriginResetBecomesFin "origin-reset-becomes-fin" "The origin's reset reaches the client as a FIN.";
    ClientFinBecomesReset "client-fin-becomes-reset" "The client's FIN resets both connections.";
    OriginFinBecomesReset "origin-fin-becomes-reset" "The origin's FIN resets both connections.";
    CloseAfterClientFin "close-after-client-fin-without-draining" "After the client's FIN the origin's octets are lost.";
    CloseAfterOriginFin "close-after-origin-fin-without-draining" "After the origin's FIN the client's octets are lost.";
    IdleNever "idle-never" "A silent tunnel is never closed.";
    IdleIgnoresOrigin "idle-ignores-origin" "The origin's octets do not restart the idle timer.";
    IdleCountsClient "idle-counts-client" "The client's octets restart the idle timer too.";
    IdleInjectsHttp "idle-injects-http" "An idle tunnel ends with an HTTP 408 in it.";
    HttpAfterTunnel "http-after-tunnel" "When the origin ends a tunnel, the client's connection goes on in HTTP.";
    PoolTheTunnel "pool-the-tunnel" "The origin connection of a finished tunnel serves the next request.";

    // Octets that pile up, and waits that never end.
    BufferWithoutBoundUp "buffer-without-bound-up" "What the client sends into a tunnel is read however slow the origin is.";
    BufferWithoutBoundDown "buffer-without-bound-down" "What the origin sends into a tunnel is read however slow the client is.";
    LoseAnOctetLate "lose-an-octet-late" "The first octet of a tunnel's direction behind 4 MiB is lost.";
    StallBothWays "stall-both-ways" "A tunnel reads nothing while one of its sides does not take what it has.";
    IdleEndsOneSide "idle-ends-one-side" "A silent tunnel is closed in front, and its origin is kept.";
    HeadLimitNever "head-limit-never" "A client may take for ever to send a head.";
    HeadForwardedInParts "head-forwarded-in-parts" "What there is of a head goes to the origin when the time for it is over.";
    ConnectLimitNever "connect-limit-never" "Dialling the origin may take for ever.";
    AnswerLimitNever "answer-limit-never" "An origin may take for ever to answer.";
    RefusedBecomes200 "refused-becomes-200" "A request that no origin answers is answered with an empty 200.";
    RefusedIsSilence "refused-is-silence" "A request that no origin can be found for is never answered.";
    RelayLateAnswer "relay-late-answer" "What an origin says after its time is over still reaches the client.";
    KeepSilentOrigin "keep-silent-origin" "The connection of an origin that did not answer in time is kept open.";

    // The process.
    CrashOnUpgrade "crash-on-upgrade" "A request that carries Upgrade ends the process.";
    CrashOnReset "crash-on-reset" "A client's reset ends the process.";
    StopListeningAfterTunnel "stop-listening-after-tunnel" "After the first tunnel the listening socket is closed.";
    HangAfterTunnel "hang-after-tunnel" "After the first tunnel new connections are accepted and ignored.";

    // Framing of a response.
    AcceptInvalidLength "accept-invalid-length" "A response whose Content-Length is no number lasts until the end.";
    FirstLengthWins "first-length-wins" "Of several different lengths of a response the first counts.";
    KeepRepeatedResponseLength "keep-repeated-response-length" "A length that the origin repeats is repeated to the client.";
    LengthModulo "length-modulo-2-to-the-64" "A length of a response that does not fit 64 bits is wrapped around.";
    KeepLengthBesideChunked "keep-length-beside-chunked" "Content-Length beside Transfer-Encoding travels on to the client.";
    LengthOverridesChunked "length-overrides-chunked" "Beside Content-Length, the Transfer-Encoding of a response is dropped.";
    ContentBehindEveryHead "content-behind-every-head" "Answers to HEAD, 204 and 304 are read as if they had content.";
    KeepFramingOf204 "keep-framing-of-204" "Content-Length and Transfer-Encoding of a 204 travel on.";
    ChunksToHttp10 "chunks-to-http10" "HTTP/1.0 clients get chunks.";
    NoLengthMeansNoContent "no-length-means-no-content" "A response without framing fields is taken for an empty one.";
    PadShortContent "pad-short-content" "A content that ends before its length is filled up with NUL.";
    CompleteBrokenChunks "complete-broken-chunks" "A chunked content that breaks off or breaks its framing gets a last chunk.";
    ResetEndsContent "reset-ends-content" "A reset ends a content without a length as a FIN does.";
    RelayExcessOctets "relay-excess-octets" "Octets that came together with the end of a response are relayed behind it.";
    LeftoverAnswersNextRequest "leftover-answers-next-request" "A connection is used again with what the origin sent behind its response.";
    RefuseChunked "refuse-chunked" "A chunked response is a 502.";
    BlankCrInContent "blank-cr-in-content" "CR in the content of a response becomes SP.";
    ReplaceErrorAnswers "replace-error-answers" "An answer with a status from 400 on is replaced by a 502.";

    // Parsing of a response.
    RelayAnyVersion "relay-any-version" "A response of any HTTP version is relayed with that version.";
    InvalidStatusBecomes200 "invalid-status-becomes-200" "A status outside 100 to 599 becomes 200.";
    UnknownStatusBecomesX00 "unknown-status-becomes-x00" "A status that RFC 9110 does not know becomes the first of its class.";
    RefuseUnknownMethods "refuse-unknown-methods" "A method that RFC 9110 does not know is answered with 501.";
    NoSpaceForEmptyReason "no-space-for-empty-reason" "Without a reason, the space behind the status is left out.";
    RefuseOddReasons "refuse-odd-reasons" "A 200 that does not say OK is a 502.";
    KeepSpaceBeforeColon "keep-space-before-colon" "Whitespace before the colon travels on to the client.";
    KeepFoldedLines "keep-folded-lines" "Folded lines of a response travel on as they are.";
    FoldBecomesALine "fold-becomes-a-line" "The continuation of a folded line becomes a line of its own.";
    KeepResponseControlOctets "keep-response-control-octets" "NUL, CR and LF in the values of a response travel on.";

    // Interim responses and expectations.
    SwallowInterim "swallow-interim" "No interim response is relayed.";
    SwallowContinue "swallow-continue" "A 100 of the origin is not relayed.";
    InterimKeepsFraming "interim-keeps-framing" "Content-Length and Transfer-Encoding of a 1xx travel on.";
    DropExpect "drop-expect" "Expect is dropped, and nobody answers for the origin.";
    HonourHttp10Expect "honour-http10-expect" "An expectation in an HTTP/1.0 request is answered with a 100.";

    // Trailers of a response.
    MergeResponseTrailers "merge-response-trailers" "The trailers of a response are put into its header.";
    KeepNominatedTrailers "keep-nominated-trailers" "Trailers named by the response's Connection travel on.";
    DropTrailers "drop-trailers" "The trailers of a response are dropped.";

    // End-to-end fields.
    NoDate "no-date" "A response without Date stays so.";
    ReplaceDateAndServer "replace-date-and-server" "Date and Server of a response are replaced by our own.";
    AlterDescriptiveFields "alter-descriptive-fields" "The values of all fields of a response are lower-cased.";
    DropAuthorization "drop-authorization" "Authorization is dropped.";
    DropProxyAuthorization "drop-proxy-authorization" "Proxy-Authorization is dropped.";
    ProxyCredentialsForTheOrigin "proxy-credentials-for-the-origin" "Proxy-Authorization becomes Authorization.";
    DropEarlyData "drop-early-data" "Early-Data is dropped.";
    DropCdnLoop "drop-cdn-loop" "CDN-Loop is dropped.";
    ReplaceForwarded "replace-forwarded" "Forwarded and X-Forwarded-For of earlier hops are replaced by an address of our own.";
    ForwardedLostOnUpgrade "forwarded-fields-lost-on-upgrade" "A request whose Upgrade is passed on loses what it says about its client.";

    // Errors.
    EarlyEndClosesSilently "early-end-closes-silently" "An origin that ends before its head is complete closes the client's connection.";
    CrashOnOversizedHead "crash-on-oversized-head" "A head of the origin that is too large ends the process.";
    OwnErrorExceedsItsLength "own-error-exceeds-its-length" "An error of our own has more octets than its Content-Length says.";
    OwnCloseNotAnnounced "own-close-not-announced" "Closing after an error of our own is not announced.";
    ProxyStatusWithAnotherStatus "proxy-status-with-another-status" "A bad gateway is explained in Proxy-Status, and is a 500.";
}
