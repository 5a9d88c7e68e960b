// TLS over memory, by libssl: bytes of the network in, bytes for the network out. What of OpenSSL is a macro, takes a callback or wants
// pointers to pointers is done here; the Swift module `TLS` is the only one that includes this.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct sallyport_tls_context sallyport_tls_context;
typedef struct sallyport_tls sallyport_tls;

enum {
  SALLYPORT_TLS_FINE = 0,
  SALLYPORT_TLS_NO_CERTIFICATE = 1,
  SALLYPORT_TLS_NO_KEY = 2,
  SALLYPORT_TLS_OTHER_KEY = 3,
  SALLYPORT_TLS_SETUP = 4,
};

/// For a server. `not_before` and `not_after` are seconds since 1970, of its own certificate. NULL: `problem` says why.
sallyport_tls_context *sallyport_tls_server(
  const uint8_t *certificates, size_t certificates_size, const uint8_t *key, size_t key_size, int64_t *not_before, int64_t *not_after,
  int *problem);

/// For clients: the system's authorities, and those in `authorities` (PEM), which may be empty. Peers are always verified.
sallyport_tls_context *sallyport_tls_client(const uint8_t *authorities, size_t authorities_size, int *problem);

void sallyport_tls_context_free(sallyport_tls_context *context);

/// A connection that was accepted. NULL: no memory.
sallyport_tls *sallyport_tls_accept(sallyport_tls_context *context);

/// A connection to a host whose certificate must be for this name, or this address. NULL: no memory, or no acceptable name.
sallyport_tls *sallyport_tls_connect(sallyport_tls_context *context, const char *host, int is_address);

void sallyport_tls_free(sallyport_tls *tls);

/// Takes bytes that came from the network; all of them, or negative.
int sallyport_tls_receive(sallyport_tls *tls, const uint8_t *bytes, size_t size);

/// Goes on with the handshake: 1 it is done, 0 more must come, negative it failed.
int sallyport_tls_handshake(sallyport_tls *tls);

/// Plain bytes: how many there were; 0: more must come; -1: the peer has said its end; -2: it is broken.
int sallyport_tls_read(sallyport_tls *tls, uint8_t *bytes, size_t size);

/// Negative: it is broken.
int sallyport_tls_write(sallyport_tls *tls, const uint8_t *bytes, size_t size);

/// Bytes that wait to go to the network, and those bytes.
size_t sallyport_tls_pending(sallyport_tls *tls);
int sallyport_tls_take(sallyport_tls *tls, uint8_t *bytes, size_t size);

/// Says our end.
void sallyport_tls_close(sallyport_tls *tls);

/// Whether HTTP/2 was agreed on.
int sallyport_tls_is_http2(sallyport_tls *tls);

/// Why the last step failed. Static, or good until the next step of this thread.
const char *sallyport_tls_reason(sallyport_tls *tls);
