//! What can be done wrong with a request.

/// Hands the list on, behind what was listed before.
macro_rules! request_faults {
    ($($listed:tt)*) => { response_faults! { $($listed)*

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
        FieldsOfTheLastRequest "fields-of-the-last-request" "A request goes on with the X- fields of the one before it as well.";
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
        TrailersSwallowTheNextRequest "trailers-swallow-the-next-request" "What came behind the trailers of a request is lost.";
        LeftoversAreRequests "leftovers-are-requests" "What is left of a content whose answer came early is read as the next request.";
        ResetBehindLastAnswer "reset-behind-last-answer" "A client's connection ends with a reset, whether the client still sends or not.";

        // Explicit passing of Upgrade.
        DropUpgradeAlways "drop-upgrade-always" "No route passes Upgrade or sends Connection.";
        ExactMatchConnection "exact-match-connection" "Only a Connection that is one line of exactly `Upgrade` asks.";
        ConnectionFirstLineOnly "connection-first-line-only" "Only the first Connection line can ask for Upgrade.";
        UpgradeCaseSensitiveOption "upgrade-case-sensitive-option" "Only the option spelt `Upgrade` asks.";
        UpgradeByCanonicalNames "upgrade-by-canonical-names" "A request asks only if it spells `Upgrade` and `Connection` exactly so.";
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
        OldVersionOnReuse "old-version-on-reuse" "Requests that follow others on the origin's connection go as HTTP/1.0.";
        RelayOriginVersion "relay-origin-version" "The status line keeps the origin's version.";
    } };
}
