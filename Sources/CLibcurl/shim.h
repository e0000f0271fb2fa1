#pragma once
#include <curl/curl.h>

// Swift cannot call C variadics: one name for each argument type of the option setters and getters.
static inline CURLcode curl_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curl_setopt_pointer(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}
