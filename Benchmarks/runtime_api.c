// A Runtime API that costs next to nothing: it starts one function, gives it the same event again and again, and tells
// what the function took. What is measured is the function.
// usage: runtime_api EVENTS FILE COMMAND [ARGUMENT…]
//
// It prints one JSON object: milliseconds from exec to the first poll and to the first response, MiB resident after
// that, microseconds of wall clock and of the function's CPU an event over the EVENTS that follow, and the first response.

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t function;
static int connection = -1, listener;
static char request[8 << 20];

static void fail(const char *what) {
  perror(what);
  if (function > 0) kill(function, SIGKILL);
  exit(1);
}

// The function ended, or takes too long: there is nothing to wait for.
static void over(int signal) {
  static const char text[] = "runtime_api: the function ended by itself, or took more than two minutes\n";
  if (function > 0) kill(function, SIGKILL);
  (void)!write(2, text, sizeof text - 1);
  _exit(1);
}

// Ends the function, as its time has come.
static void end(void) {
  signal(SIGCHLD, SIG_DFL);
  kill(function, SIGKILL);
  waitpid(function, NULL, 0);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

// Seconds of CPU that all threads of the function have taken.
static double cpu(void) {
  char path[300];
  double total = 0;
  snprintf(path, sizeof path, "/proc/%d/task", function);
  DIR *threads = opendir(path);
  if (!threads) fail(path);
  for (struct dirent *thread; (thread = readdir(threads));) {
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", function, thread->d_name);
    FILE *file = thread->d_name[0] == '.' ? NULL : fopen(path, "r");
    unsigned long long nanoseconds = 0;
    if (file && fscanf(file, "%llu", &nanoseconds) == 1) total += nanoseconds / 1e9;
    if (file) fclose(file);
  }
  closedir(threads);
  return total;
}

static double resident(void) {
  char path[64], line[256];
  long kilobytes = 0;
  snprintf(path, sizeof path, "/proc/%d/status", function);
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  while (fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &kilobytes);
  fclose(file);
  return kilobytes / 1024.0;
}

// Reads one request; answers where its body is and how long.
static size_t receive(char **body) {
  size_t used = 0;
  for (;;) {
    if (connection < 0) {
      if ((connection = accept(listener, NULL, NULL)) < 0) fail("accept");
      setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    }
    ssize_t got = read(connection, request + used, sizeof request - used - 1);
    if (got < 0) fail("read");
    if (!got) {
      close(connection);
      connection = -1;
      used = 0;
      continue;
    }
    request[used += got] = 0;
    char *end = strstr(request, "\r\n\r\n");
    if (!end) continue;
    char *length = strcasestr(request, "content-length:");
    size_t size = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
    *body = end + 4;
    if (used < *body - request + size) continue;
    *strchr(request, '\r') = 0;  // of the head only its first line is looked at
    return size;
  }
}

static void answer(const char *text, size_t size) {
  while (size) {
    ssize_t sent = write(connection, text, size);
    if (sent < 0) fail("write");
    text += sent;
    size -= sent;
  }
}

int main(int count, char **arguments) {
  if (count < 4) return 64;
  int events = atoi(arguments[1]);
  static char event[8 << 20], response[9 << 20];
  FILE *file = fopen(arguments[2], "r");
  if (!file) fail(arguments[2]);
  size_t size = fread(event, 1, sizeof event, file);
  fclose(file);

  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 16)) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  char api[64];
  snprintf(api, sizeof api, "127.0.0.1:%d", ntohs(address.sin_port));
  setenv("AWS_LAMBDA_RUNTIME_API", api, 1);

  double start = now(), first_poll = 0, first_response = 0, begin = 0, begin_cpu = 0, memory = 0;
  signal(SIGCHLD, over);
  signal(SIGALRM, over);
  if ((function = fork()) < 0) fail("fork");
  if (!function) {
    execvp(arguments[3], arguments + 3);
    perror(arguments[3]);
    _exit(69);
  }
  alarm(120);
  static const char accepted[] = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
                                 "{\"status\":\"OK\"}\n";
  static char shown[64 << 10];
  for (int done = 0; done <= events;) {
    char *body;
    size_t sent = receive(&body);
    if (strstr(request, "/invocation/next ")) {
      if (!first_poll) first_poll = now();
      int head = snprintf(response, sizeof response,
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
          "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-%012d\r\nLambda-Runtime-Deadline-Ms: %lld\r\n"
          "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:function\r\n"
          "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1\r\n"
          "Content-Length: %zu\r\n\r\n", done, (long long)(time(NULL) + 300) * 1000, size);
      memcpy(response + head, event, size);
      answer(response, head + size);
      continue;
    }
    if (!strstr(request, "/response ")) {
      fprintf(stderr, "runtime_api: the function failed: %s\n", body);
      end();
      return 1;
    }
    if (!first_response) {
      first_response = now();
      memory = resident();
      memcpy(shown, body, sent < sizeof shown ? sent : sizeof shown - 1);
    }
    answer(accepted, sizeof accepted - 1);
    if (!done++) {
      begin = now();
      begin_cpu = cpu();
    }
  }
  double wall = now() - begin, used = cpu() - begin_cpu;
  end();
  printf("{\"first_poll_ms\":%.3f,\"first_response_ms\":%.3f,\"rss_mib\":%.2f,\"turn_us\":%.2f,\"cpu_us\":%.2f,\"response\":%s}\n",
      (first_poll - start) * 1e3, (first_response - start) * 1e3, memory, events ? wall / events * 1e6 : 0,
      events ? used / events * 1e6 : 0, *shown ? shown : "null");
}
