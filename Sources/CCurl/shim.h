// libcurl's functions of many types are variadic or macros, which Swift cannot call: here they are, one a type.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>

static inline CURLcode sallyport_curl_prepare(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode sallyport_set_number(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }

static inline CURLcode sallyport_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode sallyport_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode sallyport_set_receiver(
    CURL *easy, CURLoption option, size_t (*receive)(char *bytes, size_t size, size_t count, void *owner)) {
  return curl_easy_setopt(easy, option, receive);
}

static inline CURLcode sallyport_set_opener(
    CURL *easy, curl_socket_t (*open)(void *owner, curlsocktype purpose, struct curl_sockaddr *address)) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
}

static inline CURLMcode sallyport_multi_set_number(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/// 0 when there was no answer.
static inline long sallyport_status(CURL *easy) {
  long status = 0;
  return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

/// Copies the 4 or 16 bytes of a network address and says how many they are; 0 for another family.
static inline int sallyport_address(const struct curl_sockaddr *address, unsigned char bytes[16]) {
  const void *storage = &address->addr;
  if (address->family == AF_INET) {
    memcpy(bytes, (const char *)storage + __builtin_offsetof(struct sockaddr_in, sin_addr), 4);
    return 4;
  }
  if (address->family == AF_INET6) {
    memcpy(bytes, (const char *)storage + __builtin_offsetof(struct sockaddr_in6, sin6_addr), 16);
    return 16;
  }
  return 0;
}
