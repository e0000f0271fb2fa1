// The line that no SQS server passes on this machine: one thread that reads whatever comes and writes the same answer.
// usage: floor PORT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 106\r\n\r\n"
    "{\"MD5OfMessageBody\":\"00000000000000000000000000000000\",\"MessageId\":\"00000000-0000-0000-0000-000000000000\"}";

static void watch(int poll, int socket) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
  epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, poll = epoll_create1(0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) return 69;
  watch(poll, listener);
  for (;;) {
    static char request[1 << 18];
    struct epoll_event events[64];
    int ready = epoll_wait(poll, events, 64, -1);
    for (int index = 0; index < ready; index++) {
      int socket = events[index].data.fd;
      if (socket == listener) {
        int caller = accept(listener, 0, 0);
        setsockopt(caller, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, caller);
      } else if (read(socket, request, sizeof request) <= 0) {
        close(socket);
      } else if (write(socket, answer, sizeof answer - 1) < 0) {
        close(socket);
      }
    }
  }
}
