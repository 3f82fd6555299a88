//! What can be done wrong at the gate, in the tunnel and between connections.

/// Hands the list on, behind what was listed before.
macro_rules! tunnel_faults {
    ($($listed:tt)*) => { define_faults! { $($listed)*

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
        BodyLimitNever "body-limit-never" "A client may pause for ever within its content.";
        StalledContentIsComplete "stalled-content-is-complete" "A content that stops coming is filled up when the time for it is over.";
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
    } };
}
