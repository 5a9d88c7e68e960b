// An MCP server over HTTP that does next to nothing, so that what stands in front of it is what is measured: one epoll loop for each
// core, answers made from a constant and the request's id. Both eras, without sessions; no server-sent events unless the tool is `stream`.
//
// usage: upstream PORT [THREADS]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CAPACITY = 1 << 17, RESULT = 1024 };

struct peer { int fd; size_t used; char bytes[CAPACITY]; };

static int port;
static char result[2048];
static const char tools[] =
  "{\"tools\":[{\"name\":\"fetch\",\"description\":\"Fetches a page.\",\"inputSchema\":{\"type\":\"object\",\"properties\":"
  "{\"url\":{\"type\":\"string\",\"maxLength\":200},\"limit\":{\"type\":\"integer\",\"minimum\":1}},\"required\":[\"url\"]}},"
  "{\"name\":\"stream\",\"description\":\"The same as a stream.\",\"inputSchema\":{\"type\":\"object\",\"properties\":"
  "{\"url\":{\"type\":\"string\"}}}}],\"resultType\":\"complete\",\"ttlMs\":60000,\"cacheScope\":\"public\"}";
static const char discovery[] =
  "{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"upstream\",\"version\":\"1\"},"
  "\"resultType\":\"complete\"}";
static const char opening[] =
  "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"upstream\",\"version\":\"1\"}}";

static void make_result(void) {
  static const char words[] = "The library opens at nine and closes at six, on Sundays at four. Returns go to the desk by the door. ";
  char text[RESULT + 1];
  for (int i = 0; i < RESULT; i++) text[i] = words[i % (sizeof words - 1)];
  text[RESULT - 96] = 0;
  snprintf(result, sizeof result, "{\"content\":[{\"type\":\"text\",\"text\":\"%s\"}],\"resultType\":\"complete\"}", text);
}

static int send_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t count = send(fd, bytes, size, MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) { usleep(100); continue; }
    if (count <= 0) return -1;
    bytes += count;
    size -= (size_t)count;
  }
  return 0;
}

static int answer(int fd, const char *head, const char *body, size_t size) {
  char out[8192];
  int count;
  const char *place = memmem(body, size, "\"id\":", 5);
  if (strncmp(head, "POST", 4) != 0) {
    const char *none = "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n";
    return send_all(fd, none, strlen(none));
  }
  if (!place) {
    const char *taken = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    return send_all(fd, taken, strlen(taken));
  }
  const char *id = place + 5;
  size_t length = strcspn(id, ",}");
  const char *say = memmem(body, size, "\"tools/list\"", 12) ? tools
    : memmem(body, size, "\"server/discover\"", 17) ? discovery
    : memmem(body, size, "\"initialize\"", 12) ? opening : result;
  char json[4096];
  int width = snprintf(json, sizeof json, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":%s}", (int)length, id, say);
  if (memmem(body, size, "\"stream\"", 8)) {
    const char *note = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":\"half way\"}}\n\n";
    int all = (int)strlen(note) + width + 8;
    count = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%sdata: %s\n\n", all, note, json);
  } else {
    count = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", width, json);
  }
  return send_all(fd, out, (size_t)count);
}

// Answers every whole request; negative when the connection is to end.
static int serve(struct peer *peer) {
  for (;;) {
    char *end = memmem(peer->bytes, peer->used, "\r\n\r\n", 4);
    if (!end) return peer->used == CAPACITY ? -1 : 0;
    size_t head = (size_t)(end - peer->bytes) + 4, length = 0;
    *end = 0;
    char *field = strcasestr(peer->bytes, "\r\ncontent-length:");
    if (field) length = strtoul(field + 17, NULL, 10);
    if (peer->used < head + length) { *end = '\r'; return head + length > CAPACITY ? -1 : 0; }
    if (answer(peer->fd, peer->bytes, peer->bytes + head, length) < 0) return -1;
    peer->used -= head + length;
    memmove(peer->bytes, peer->bytes + head + length, peer->used);
  }
}

static void *loop(void *unused) {
  (void)unused;
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), events = epoll_create1(0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) { perror("upstream"); exit(1); }
  struct epoll_event entry = {.events = EPOLLIN, .data.ptr = NULL}, ready[256];
  epoll_ctl(events, EPOLL_CTL_ADD, listener, &entry);
  for (;;) {
    int count = epoll_wait(events, ready, 256, -1);
    for (int i = 0; i < count; i++) {
      struct peer *peer = ready[i].data.ptr;
      if (!peer) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        peer = malloc(sizeof *peer);
        peer->fd = fd;
        peer->used = 0;
        entry.data.ptr = peer;
        epoll_ctl(events, EPOLL_CTL_ADD, fd, &entry);
        continue;
      }
      ssize_t got = recv(peer->fd, peer->bytes + peer->used, CAPACITY - peer->used, 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got > 0) peer->used += (size_t)got;
      if (got <= 0 || serve(peer) < 0) { close(peer->fd); free(peer); }
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 2) return 2;
  port = atoi(arguments[1]);
  int threads = count > 2 ? atoi(arguments[2]) : (int)sysconf(_SC_NPROCESSORS_ONLN);
  make_result();
  for (int i = 1; i < threads; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, loop, NULL);
  }
  loop(NULL);
}
