"""Flags and the loop of commands that serve a page."""

from absl import flags

FLAGS = ("host", "port", "allow_host")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def define(values, port):
    """Defines the flags on a `FlagValues`; `port` is the default."""
    flags.DEFINE_string(
        "host", "127.0.0.1", "Address to listen on; 0.0.0.0 lets every machine in the net in.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "port", port, "Port to listen on; 0 takes one that is free.",
        lower_bound=0, upper_bound=65535, flag_values=values,
    )  # fmt: skip
    flags.DEFINE_multi_string(
        "allow_host", None, "Another name by which browsers may call this machine.",
        flag_values=values,
    )  # fmt: skip


def open_server(page, values):
    """Returns the server of a page, listening where the flags say."""
    from keras_stackgan.pages import PageServer

    return PageServer(page, values.host, values.port, tuple(values.allow_host or ()))


def serve(server, what):
    """Serves until Ctrl-C, after a line with the address."""
    try:
        if server.server_address[0] not in LOOPBACK:
            print("Every machine that reaches this one can use the page.")
        print(f"{what}: {server.url} (Ctrl-C ends it)", flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0
