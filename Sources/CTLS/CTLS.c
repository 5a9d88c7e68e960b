#include "CTLS.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

// The types of the header are OpenSSL's own, under names that Swift can tell apart.
static SSL_CTX *context_of(sallyport_tls_context *context) { return (SSL_CTX *)context; }
static SSL *of(sallyport_tls *tls) { return (SSL *)tls; }

// Nobody is asked for a passphrase.
static int no_passphrase(char *buffer, int size, int writing, void *unused) {
  (void)buffer, (void)size, (void)writing, (void)unused;
  return 0;
}

static int64_t seconds(const ASN1_TIME *time) {
  struct tm parts;
  if (!ASN1_TIME_to_tm(time, &parts)) return 0;
  return (int64_t)timegm(&parts);
}

static int choose(SSL *ssl, const unsigned char **out, unsigned char *size, const unsigned char *offered, unsigned int offered_size, void *unused) {
  static const unsigned char spoken[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  (void)ssl, (void)unused;
  unsigned char *chosen;
  if (SSL_select_next_proto(&chosen, size, spoken, sizeof spoken, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *new_context(const SSL_METHOD *method) {
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context) return NULL;
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
  if (!SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) || !SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20")) {
    SSL_CTX_free(context);
    return NULL;
  }
  return context;
}

sallyport_tls_context *sallyport_tls_server(
  const uint8_t *certificates, size_t certificates_size, const uint8_t *key, size_t key_size, int64_t *not_before, int64_t *not_after,
  int *problem) {
  *problem = SALLYPORT_TLS_SETUP;
  SSL_CTX *context = new_context(TLS_server_method());
  BIO *source = BIO_new_mem_buf(certificates, (int)certificates_size);
  BIO *key_source = BIO_new_mem_buf(key, (int)key_size);
  X509 *own = NULL, *above;
  EVP_PKEY *private = NULL;
  if (!context || !source || !key_source) goto fail;
  SSL_CTX_set_alpn_select_cb(context, choose, NULL);
  *problem = SALLYPORT_TLS_NO_CERTIFICATE;
  own = PEM_read_bio_X509_AUX(source, NULL, no_passphrase, NULL);
  if (!own || SSL_CTX_use_certificate(context, own) != 1) goto fail;
  while ((above = PEM_read_bio_X509(source, NULL, no_passphrase, NULL))) {
    if (!SSL_CTX_add0_chain_cert(context, above)) {
      X509_free(above);
      goto fail;
    }
  }
  // The loop ends with the error that there is no more.
  ERR_clear_error();
  *problem = SALLYPORT_TLS_NO_KEY;
  private = PEM_read_bio_PrivateKey(key_source, NULL, no_passphrase, NULL);
  if (!private) goto fail;
  *problem = SALLYPORT_TLS_OTHER_KEY;
  if (X509_check_private_key(own, private) != 1 || SSL_CTX_use_PrivateKey(context, private) != 1) goto fail;
  *not_before = seconds(X509_get0_notBefore(own));
  *not_after = seconds(X509_get0_notAfter(own));
  *problem = SALLYPORT_TLS_FINE;
  goto done;
fail:
  SSL_CTX_free(context);
  context = NULL;
done:
  EVP_PKEY_free(private);
  X509_free(own);
  BIO_free(key_source);
  BIO_free(source);
  ERR_clear_error();
  return (sallyport_tls_context *)context;
}

sallyport_tls_context *sallyport_tls_client(const uint8_t *authorities, size_t authorities_size, int *problem) {
  *problem = SALLYPORT_TLS_SETUP;
  SSL_CTX *context = new_context(TLS_client_method());
  if (!context) return NULL;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  static const unsigned char spoken[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  if (!SSL_CTX_set_default_verify_paths(context) || SSL_CTX_set_alpn_protos(context, spoken, sizeof spoken) != 0) goto fail;
  if (authorities_size > 0) {
    *problem = SALLYPORT_TLS_NO_CERTIFICATE;
    BIO *source = BIO_new_mem_buf(authorities, (int)authorities_size);
    X509 *authority;
    int found = 0, failed = 0;
    while (source && (authority = PEM_read_bio_X509(source, NULL, no_passphrase, NULL))) {
      if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) == 1) found++; else failed++;
      X509_free(authority);
    }
    BIO_free(source);
    if (!found || failed) goto fail;
  }
  ERR_clear_error();
  *problem = SALLYPORT_TLS_FINE;
  return (sallyport_tls_context *)context;
fail:
  ERR_clear_error();
  SSL_CTX_free(context);
  return NULL;
}

void sallyport_tls_context_free(sallyport_tls_context *context) { SSL_CTX_free(context_of(context)); }

static SSL *new_connection(sallyport_tls_context *context) {
  SSL *ssl = SSL_new(context_of(context));
  BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
  if (!ssl || !in || !out) {
    SSL_free(ssl);
    BIO_free(in);
    BIO_free(out);
    return NULL;
  }
  // Empty means that more may come, not that it is over.
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl, in, out);
  return ssl;
}

sallyport_tls *sallyport_tls_accept(sallyport_tls_context *context) {
  SSL *ssl = new_connection(context);
  if (ssl) SSL_set_accept_state(ssl);
  return (sallyport_tls *)ssl;
}

sallyport_tls *sallyport_tls_connect(sallyport_tls_context *context, const char *host, int is_address) {
  SSL *ssl = new_connection(context);
  if (!ssl) return NULL;
  SSL_set_connect_state(ssl);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  int is_set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
                          : SSL_set1_host(ssl, host) && SSL_set_tlsext_host_name(ssl, host);
  // Without a name any certificate would do.
  if (is_set != 1) {
    SSL_free(ssl);
    return NULL;
  }
  return (sallyport_tls *)ssl;
}

void sallyport_tls_free(sallyport_tls *tls) { SSL_free(of(tls)); }

int sallyport_tls_receive(sallyport_tls *tls, const uint8_t *bytes, size_t size) {
  if (size == 0) return 0;
  return BIO_write(SSL_get_rbio(of(tls)), bytes, (int)size) == (int)size ? 0 : -1;
}

int sallyport_tls_handshake(sallyport_tls *tls) {
  ERR_clear_error();
  int result = SSL_do_handshake(of(tls));
  if (result == 1) return 1;
  return SSL_get_error(of(tls), result) == SSL_ERROR_WANT_READ ? 0 : -1;
}

int sallyport_tls_read(sallyport_tls *tls, uint8_t *bytes, size_t size) {
  ERR_clear_error();
  int result = SSL_read(of(tls), bytes, (int)size);
  if (result > 0) return result;
  switch (SSL_get_error(of(tls), result)) {
    case SSL_ERROR_WANT_READ: return 0;
    case SSL_ERROR_ZERO_RETURN: return -1;
    default: return -2;
  }
}

int sallyport_tls_write(sallyport_tls *tls, const uint8_t *bytes, size_t size) {
  if (size == 0) return 0;
  ERR_clear_error();
  return SSL_write(of(tls), bytes, (int)size) == (int)size ? 0 : -1;
}

size_t sallyport_tls_pending(sallyport_tls *tls) { return BIO_ctrl_pending(SSL_get_wbio(of(tls))); }

int sallyport_tls_take(sallyport_tls *tls, uint8_t *bytes, size_t size) { return BIO_read(SSL_get_wbio(of(tls)), bytes, (int)size); }

void sallyport_tls_close(sallyport_tls *tls) {
  ERR_clear_error();
  if (SSL_is_init_finished(of(tls))) SSL_shutdown(of(tls));
  ERR_clear_error();
}

int sallyport_tls_is_http2(sallyport_tls *tls) {
  const unsigned char *name;
  unsigned int size;
  SSL_get0_alpn_selected(of(tls), &name, &size);
  return size == 2 && memcmp(name, "h2", 2) == 0;
}

const char *sallyport_tls_reason(sallyport_tls *tls) {
  long verdict = SSL_get_verify_result(of(tls));
  if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
  const char *reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason ? reason : "the peer ended it";
}
