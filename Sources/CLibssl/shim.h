#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>

/* Macros that Swift cannot call. */
static inline long ssl_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }
static inline long ssl_context_require_tls12(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}
