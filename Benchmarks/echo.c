// The function that every emulator is measured with: it answers with its event. Written on a bare socket, so that what
// is measured is the emulator. It knows as much of HTTP as Lambda's Runtime API sends: a length or chunks.

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static char *buffer;
static size_t used, capacity;
static int connection;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// Reads until there are so many bytes.
static void need(size_t count) {
  while (used < count) {
    if (capacity - used < 1 << 16 && !(buffer = realloc(buffer, capacity += capacity + (1 << 20)))) fail("realloc");
    ssize_t got = read(connection, buffer + used, capacity - used - 1);
    if (got <= 0) fail("read");
    buffer[used += got] = 0;
  }
}

// Reads until the text stands at or after an offset; gives the offset behind it.
static size_t find(const char *text, size_t from) {
  for (;;) {
    char *found = used > from ? strstr(buffer + from, text) : NULL;
    if (found) return found - buffer + strlen(text);
    need(used + 1);
  }
}

// Finds a header's value.
static const char *header(const char *name, size_t end) {
  size_t length = strlen(name);
  for (char *line = buffer; line < buffer + end; line = strchr(line, '\n') + 1)
    if (!strncasecmp(line, name, length)) return line + length;
  return NULL;
}

int main(void) {
  char *api = getenv("AWS_LAMBDA_RUNTIME_API");
  if (!api) return fprintf(stderr, "AWS_LAMBDA_RUNTIME_API is not set\n"), 64;
  if (!strncmp(api, "http://", 7)) api += 7;
  char host[256] = "", path[256] = "";
  int port = 0;
  sscanf(api, "%255[^:]:%d%255s", host, &port, path);  // cargo-lambda's has a path
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct hostent *entry = gethostbyname(host);
  if (!entry) fail(host);
  memcpy(&address.sin_addr, entry->h_addr_list[0], 4);
  connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));

  char next[512], head[1024];
  int length = snprintf(next, sizeof next, "GET %s/2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
  if (write(connection, next, length) != length) fail("write");
  for (;;) {
    size_t start = find("\r\n\r\n", 0), size = 0, end;
    char id[64] = "";
    const char *value = header("lambda-runtime-aws-request-id:", start);
    if (value) sscanf(value, " %63[0-9a-zA-Z-]", id);
    if ((value = header("content-length:", start))) {
      size = strtoul(value, NULL, 10);
      need(end = start + size);
    } else {  // chunks, moved together as they come
      for (end = start;;) {
        size_t line = find("\r\n", end), chunk = strtoul(buffer + end, NULL, 16);
        need(line + chunk + 2);
        memmove(buffer + start + size, buffer + line, chunk);
        size += chunk;
        end = line + chunk + 2;
        if (!chunk) break;
      }
    }
    length = snprintf(head, sizeof head, "POST %s/2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", path, id, host, size);
    struct iovec parts[2] = {{head, length}, {buffer + start, size}};
    while (parts[0].iov_len + parts[1].iov_len) {
      ssize_t sent = writev(connection, parts, 2);
      if (sent < 0) fail("writev");
      for (int part = 0; part < 2; part++) {
        size_t gone = (size_t)sent < parts[part].iov_len ? (size_t)sent : parts[part].iov_len;
        parts[part].iov_base = (char *)parts[part].iov_base + gone;
        parts[part].iov_len -= gone;
        sent -= gone;
      }
    }
    used = 0;  // the emulator says nothing more before it is asked
    size_t answered = find("\r\n\r\n", 0);
    value = header("content-length:", answered);
    need(answered + (value ? strtoul(value, NULL, 10) : 0));
    used = 0;
    length = strlen(next);
    if (write(connection, next, length) != length) fail("write");
  }
}
