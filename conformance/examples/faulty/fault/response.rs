//! What can be done wrong with a response.

/// Hands the list on, behind what was listed before.
macro_rules! response_faults {
    ($($listed:tt)*) => { tunnel_faults! { $($listed)*

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
        Drop101Option "drop-101-option" "A relayed 101 carries no Connection option.";
        Drop426Upgrade "drop-426-upgrade" "A 426 loses its Upgrade.";
        Drop426Option "drop-426-option" "A 426 keeps Upgrade but gets no Connection option.";

        // Framing of a response.
        TrustHttp10Chunks "trust-http10-chunks" "The connection of an HTTP/1.0 response in chunks serves the next request.";
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
    } };
}
