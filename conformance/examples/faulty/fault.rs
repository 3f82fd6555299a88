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

    // Requests that a gateway has to refuse, and request bodies.
    AcceptMissingHost "accept-missing-host" "An HTTP/1.1 request without Host is forwarded.";
    AcceptSecondHost "accept-second-host" "A request with several Host lines is forwarded.";
    AcceptSpaceBeforeColon "accept-space-before-colon" "Whitespace between a field name and its colon is tolerated.";
    AcceptLineWithoutColon "accept-line-without-colon" "A field line without colon is skipped.";
    AcceptLengthWithChunked "accept-length-with-chunked" "Content-Length beside Transfer-Encoding is forwarded.";
    TunnelOnConnect "tunnel-on-connect" "CONNECT is answered with 200 and tunnelled to the origin.";
    RefuseWithoutClosing "refuse-without-closing" "The connection of a malformed request stays in use.";
    AlterRequestBody "alter-request-body" "The lowest bit of every octet of a request body is flipped.";

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
    AlterRefusalBody "alter-refusal-body" "The lowest bit of every octet of a refusal's body is flipped.";
    CloseNotAnnounced "close-not-announced" "Closing after an answer is not announced in Connection.";
    KeepFinishedOrigin "keep-finished-origin" "The origin's connection stays open though the origin has ended it.";
    IgnoreClientClose "ignore-client-close" "A client's `Connection: close` is not honoured.";
    DropRefusalFields "drop-refusal-fields" "WWW-Authenticate, Location, Sec-WebSocket-Version leave refusals.";
    AcceptOnRefusal "accept-on-refusal" "A refusal gains a Sec-WebSocket-Accept.";
    AcceptDropped "accept-dropped" "Sec-WebSocket-Accept is dropped from a 101.";
    AcceptAltered "accept-altered" "Sec-WebSocket-Accept of a 101 is lower-cased.";
    AcceptDuplicated "accept-duplicated" "Sec-WebSocket-Accept of a 101 is sent twice.";
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
    SwapPings "swap-pings" "A WebSocket ping of the origin is answered by the proxy itself.";
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
    PoolTheTunnel "pool-the-tunnel" "The origin connection of a finished tunnel serves the next request.";

    // The process.
    CrashOnUpgrade "crash-on-upgrade" "A request that carries Upgrade ends the process.";
    CrashOnReset "crash-on-reset" "A client's reset ends the process.";
    StopListeningAfterTunnel "stop-listening-after-tunnel" "After the first tunnel the listening socket is closed.";
    HangAfterTunnel "hang-after-tunnel" "After the first tunnel new connections are accepted and ignored.";

    // Framing of a response.
    AcceptInvalidLength "accept-invalid-length" "A response whose Content-Length is no number lasts until the end.";
    FirstLengthWins "first-length-wins" "Of several different lengths of a response the first counts.";
    KeepRepeatedLength "keep-repeated-length" "A length that the origin repeats is repeated to the client.";
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
    KeepControlOctets "keep-control-octets" "NUL, CR and LF in the values of a response travel on.";

    // Interim responses and expectations.
    SwallowInterim "swallow-interim" "No interim response is relayed.";
    SwallowContinue "swallow-continue" "A 100 of the origin is not relayed.";
    InterimKeepsFraming "interim-keeps-framing" "Content-Length and Transfer-Encoding of a 1xx travel on.";
    DropExpect "drop-expect" "Expect is dropped, and nobody answers for the origin.";
    HonourHttp10Expect "honour-http10-expect" "An expectation in an HTTP/1.0 request is answered with a 100.";

    // Trailers of a response.
    MergeTrailers "merge-trailers" "The trailers of a response are put into its header.";
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
