vcl 4.1;
# `plain` is what Varnish does with requests that it does not cache. `explicit` is the example of
# its manual for WebSocket: a request with such an Upgrade becomes a pipe, and gets its Upgrade and
# Connection back. `mapped` does the same and has the origin close behind plain requests. `timed`
# is `mapped` with limits of a second.

backend default {
    .host = "@ORIGIN_HOST@";
    .port = "@ORIGIN_PORT@";
}

backend timed {
    .host = "@ORIGIN_HOST@";
    .port = "@ORIGIN_PORT@";
    .connect_timeout = 1s;
    .first_byte_timeout = 1s;
}

sub vcl_recv {
    # A return of our own skips the built-in rules; this one of them refuses a request without Host.
    call vcl_req_host;
    if (req.url ~ "^/timed/") {
        set req.backend_hint = timed;
    }
    if (req.url !~ "^/plain/" && req.http.upgrade ~ "(?i)websocket") {
        return (pipe);
    }
    return (pass);
}

sub vcl_pipe {
    if (req.http.upgrade) {
        set bereq.http.upgrade = req.http.upgrade;
        set bereq.http.connection = req.http.connection;
    }
}

sub vcl_backend_fetch {
    if (bereq.url ~ "^/(mapped|timed)/") {
        set bereq.http.connection = "close";
    }
}

sub vcl_backend_response {
    # The whole of a response is fetched before any of it is sent: whether a broken one is answered
    # with 503 or cut short would otherwise depend on who is faster.
    set beresp.do_stream = false;
}

# Varnish's own page holds the number of the transaction, so that no two are of the same length.
sub vcl_backend_error {
    set beresp.http.Content-Type = "text/plain";
    set beresp.body = "The origin gave no answer that could be used.";
    return (deliver);
}
